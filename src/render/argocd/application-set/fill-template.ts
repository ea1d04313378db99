import { isObject } from "../../../manifest/identity.ts";
import type { Json, Pointer } from "../../../model/json.ts";
import type { TemplateParameters } from "./template-parameters.ts";
import type { TextRenderer } from "./text-renderer.ts";
import { below } from "../../../manifest/pointer.ts";

export type FillOutcome =
  | { readonly kind: "filled"; readonly value: Json }
  | { readonly kind: "failed"; readonly pointer: Pointer; readonly message: string };

/** Fills every text and every key below a value with parameters, all of them at once. */
export async function fillTemplate(
  value: Json,
  parameters: TemplateParameters,
  texts: TextRenderer,
): Promise<FillOutcome> {
  const found = new Map<string, Pointer>();
  collect(value, "", found);
  const templates = [...found.keys()];
  if (templates.length === 0) return { kind: "filled", value };
  const outcome = await texts.render(templates, parameters);
  if (outcome.kind === "failed") return failedAt(found, parameters, texts, outcome.message);
  const filled = new Map(templates.map((template, index) => [template, outcome.texts[index] ?? template]));
  return { kind: "filled", value: replace(value, filled) };
}

/** The templates of a value with the pointer of the first place of each. */
function collect(value: Json, pointer: Pointer, found: Map<string, Pointer>): void {
  const add = (text: string, place: Pointer): void => {
    if (text.includes("{{") && !found.has(text)) found.set(text, place);
  };
  if (typeof value === "string") add(value, pointer);
  else if (Array.isArray(value)) value.forEach((item: Json, index) => collect(item, `${pointer}/${index}`, found));
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      add(key, below(pointer, key));
      collect(item, below(pointer, key), found);
    }
  }
}

function replace(value: Json, filled: ReadonlyMap<string, string>): Json {
  if (typeof value === "string") return filled.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item: Json) => replace(item, filled));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [filled.get(key) ?? key, replace(item, filled)] as const),
  );
}

/** Renders text by text to find the one that failed. */
async function failedAt(
  found: ReadonlyMap<string, Pointer>,
  parameters: TemplateParameters,
  texts: TextRenderer,
  message: string,
): Promise<FillOutcome> {
  for (const [template, pointer] of found) {
    const outcome = await texts.render([template], parameters);
    if (outcome.kind === "failed") return { kind: "failed", pointer, message: outcome.message };
  }
  return { kind: "failed", pointer: "", message };
}
