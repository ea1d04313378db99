import type { Fields } from "../fields.ts";
import type { Generation } from "./generation.ts";
import type { TemplateParameters } from "./template-parameters.ts";

/** Adds a generator's `values`, filled with its own parameters: as `values.<name>`, or nested with goTemplate. */
export async function addValues(
  parameters: TemplateParameters,
  options: Fields,
  { goTemplate, texts, diagnostics }: Generation,
): Promise<TemplateParameters | undefined> {
  const values = options.record("values");
  const names = Object.keys(values);
  if (names.length === 0) return parameters;
  const outcome = await texts.render(Object.values(values), parameters);
  if (outcome.kind === "failed") {
    diagnostics.problem(`${options.pointer}/values`, outcome.message);
    return undefined;
  }
  const filled = names.map((name, index) => [name, outcome.texts[index] ?? ""] as const);
  return goTemplate
    ? { ...parameters, values: Object.fromEntries(filled) }
    : { ...parameters, ...Object.fromEntries(filled.map(([name, text]) => [`values.${name}`, text])) };
}
