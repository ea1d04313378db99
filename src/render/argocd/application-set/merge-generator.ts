import { toJsonText } from "../../../manifest/json-text.ts";
import type { Fields } from "../fields.ts";
import type { Generation, Generator, ParameterSet } from "./generation.ts";
import { mergeOver } from "./merge-values.ts";

/** `merge`: the sets of the first generator, each overridden by the sets of the others with equal `mergeKeys`. */
export const mergeGenerator: Generator = async (options, generation, level) => {
  const { diagnostics } = generation;
  const generators = options.objects("generators");
  const keys = options.texts("mergeKeys");
  if (generators.length < 2 || keys.length === 0) {
    diagnostics.problem(options.pointer, "a merge generator needs two or more generators and mergeKeys");
    return undefined;
  }
  let merged: ReadonlyMap<string, ParameterSet> | undefined;
  for (const generator of generators) {
    const sets = await generation.child(generator, level + 1, undefined);
    const byKey = sets === undefined ? undefined : index(sets, keys, generator, generation);
    if (byKey === undefined) return undefined;
    merged = merged === undefined ? byKey : mergeSets(merged, byKey, generation.goTemplate);
  }
  return [...(merged?.values() ?? [])];
};

function index(
  sets: readonly ParameterSet[],
  keys: readonly string[],
  generator: Fields,
  { diagnostics }: Generation,
): ReadonlyMap<string, ParameterSet> | undefined {
  const byKey = new Map<string, ParameterSet>();
  for (const set of sets) {
    const values = keys.map((key) => [key, Object.hasOwn(set.parameters, key) ? (set.parameters[key] ?? null) : null]);
    const key = toJsonText(Object.fromEntries(values));
    if (byKey.has(key)) {
      diagnostics.problem(generator.pointer, `two of its parameter sets have the same merge keys: ${key}`);
      return undefined;
    }
    byKey.set(key, set);
  }
  return byKey;
}

function mergeSets(
  base: ReadonlyMap<string, ParameterSet>,
  over: ReadonlyMap<string, ParameterSet>,
  goTemplate: boolean,
): ReadonlyMap<string, ParameterSet> {
  return new Map(
    [...base].map(([key, { parameters, origin }]) => {
      const found = over.get(key)?.parameters ?? {};
      return [key, { parameters: goTemplate ? mergeOver(parameters, found) : { ...parameters, ...found }, origin }];
    }),
  );
}
