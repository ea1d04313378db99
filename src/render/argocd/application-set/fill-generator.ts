import { isObject } from "../../../manifest/identity.ts";
import type { Json, JsonObject, Pointer } from "../../../model/json.ts";
import { fillTemplate } from "./fill-template.ts";
import type { Generation } from "./generation.ts";
import type { TemplateParameters } from "./template-parameters.ts";

/**
 * Fills the texts of a generator with the parameters of an outer one, those within matrix and merge too. `values` may name
 * parameters of its own generator, so that with goTemplate what is missing there is left for later.
 */
export async function fillGenerator(
  entry: JsonObject,
  pointer: Pointer,
  outer: TemplateParameters,
  generation: Generation,
): Promise<JsonObject | undefined> {
  const filled: [string, Json][] = [];
  for (const [kind, options] of Object.entries(entry)) {
    const place = `${pointer}/${kind}`;
    const value = isObject(options) ? await fillOptions(options, place, outer, generation) : options;
    if (value === undefined) return undefined;
    filled.push([kind, value]);
  }
  return Object.fromEntries(filled);
}

async function fillOptions(
  options: JsonObject,
  pointer: Pointer,
  outer: TemplateParameters,
  generation: Generation,
): Promise<JsonObject | undefined> {
  const { goTemplate, texts, diagnostics } = generation;
  const { generators, values, ...others } = options;
  const inner = Array.isArray(generators) ? generators : undefined;
  const late = goTemplate && isObject(values) ? values : undefined;
  const early = {
    ...others,
    ...(inner === undefined && generators !== undefined ? { generators } : {}),
    ...(late === undefined && values !== undefined ? { values } : {}),
  };
  const outcome = await fillTemplate(early, outer, texts);
  if (outcome.kind === "failed" || !isObject(outcome.value)) {
    if (outcome.kind === "failed") diagnostics.problem(pointer + outcome.pointer, outcome.message);
    return undefined;
  }
  let filled = outcome.value;
  if (late !== undefined) filled = { ...filled, values: await fillKnown(late, outer, generation) };
  if (inner === undefined) return filled;
  const entries: Json[] = [];
  for (const [index, entry] of inner.entries()) {
    const place = `${pointer}/generators/${index}`;
    const one = isObject(entry) ? await fillGenerator(entry, place, outer, generation) : entry;
    if (one === undefined) return undefined;
    entries.push(one);
  }
  return { ...filled, generators: entries };
}

async function fillKnown(values: JsonObject, outer: TemplateParameters, { texts }: Generation): Promise<JsonObject> {
  const filled: [string, Json][] = [];
  for (const [name, text] of Object.entries(values)) {
    const outcome = typeof text === "string" ? await texts.render([text], outer, "error") : undefined;
    filled.push([name, outcome?.kind === "texts" ? (outcome.texts[0] ?? text) : text]);
  }
  return Object.fromEntries(filled);
}
