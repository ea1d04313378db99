import type { TemplateParameters } from "./template-parameters.ts";

/**
 * Replaces `{{ name }}`; what no text parameter has stays as written. Undefined where a `{{` is never closed; a text
 * without both on one line is no template.
 */
export function fillFastTemplate(text: string, parameters: TemplateParameters): string | undefined {
  if (!isTemplate(text)) return text;
  let filled = "";
  let at = 0;
  for (let open = text.indexOf("{{"); open !== -1; open = text.indexOf("{{", at)) {
    const close = text.indexOf("}}", open + 2);
    if (close === -1) return undefined;
    const tag = text.slice(open + 2, close);
    const name = tag.trim();
    const value = name !== "" && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    filled += text.slice(at, open) + (typeof value === "string" ? value : `{{${tag}}}`);
    at = close + 2;
  }
  return filled + text.slice(at);
}

function isTemplate(text: string): boolean {
  return text.split("\n").some((line) => {
    const open = line.indexOf("{{");
    return open !== -1 && line.includes("}}", open + 2);
  });
}
