import type { Renderer } from "../../../model/renderer.ts";
import { fillFastTemplate } from "./fast-template.ts";
import type { TemplateParameters } from "./template-parameters.ts";

/** The template engine that an ApplicationSet chose. */
export interface TextRenderer {
  /** All texts with the same parameters; `missingKeys`: fail where a key is missing, whatever the ApplicationSet says. */
  render(texts: readonly string[], parameters: TemplateParameters, missingKeys?: "error"): Promise<TextsOutcome>;
}

export type TextsOutcome =
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  | { readonly kind: "failed"; readonly message: string };

/** `goTemplate: false`: replaces `{{name}}` by the text parameter of that name; others are left as written. */
export const fastTexts: TextRenderer = {
  render: async (texts, parameters) => {
    const filled: string[] = [];
    for (const text of texts) {
      const one = fillFastTemplate(text, parameters);
      if (one === undefined) return { kind: "failed", message: `{{ is not closed in ${JSON.stringify(text)}` };
      filled.push(one);
    }
    return { kind: "texts", texts: filled };
  },
};

/** `goTemplate: true`: Go's text/template with the functions of ApplicationSets. */
export function goTexts(renderer: Renderer, options: readonly string[]): TextRenderer {
  return {
    render: async (texts, parameters, missingKeys) => {
      const strict = [...options.filter((option) => !option.startsWith("missingkey=")), "missingkey=error"];
      const outcome = await renderer.goTemplate({
        templates: texts,
        parameters,
        options: missingKeys === "error" ? strict : options,
      });
      return outcome.kind === "rendered"
        ? { kind: "texts", texts: outcome.answer.texts }
        : { kind: "failed", message: outcome.message };
    },
  };
}
