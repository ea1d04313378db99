import type { Fields } from "../fields.ts";
import {
  maxParameterSets,
  tooMany,
  type Generation,
  type Generator,
  type ParameterSet,
  type RankedOrigin,
} from "./generation.ts";
import type { TemplateParameters } from "./template-parameters.ts";
import { goText } from "./go-text.ts";
import { mergeOver } from "./merge-values.ts";

/** `matrix`: combines every set of the first generator with every set that the second one yields for it. */
export const matrixGenerator: Generator = async (options, generation, level) => {
  const [first, second, ...others] = options.objects("generators");
  if (first === undefined || second === undefined || others.length > 0) {
    generation.diagnostics.problem(`${options.pointer}/generators`, "a matrix generator needs exactly two generators");
    return undefined;
  }
  const rows = await generation.child(first, level + 1, undefined);
  if (rows === undefined) return undefined;
  const sets: ParameterSet[] = [];
  for (const row of rows) {
    const columns = await generation.child(second, level + 1, row.parameters);
    if (columns === undefined) return undefined;
    if (sets.length + columns.length > maxParameterSets) {
      return tooMany(generation, options.pointer, sets.length + columns.length);
    }
    for (const column of columns) {
      const parameters = combine(row.parameters, column.parameters, second, generation);
      if (parameters === undefined) return undefined;
      sets.push({ parameters, origin: higherRanked(row.origin, column.origin) });
    }
  }
  return sets;
};

function combine(
  row: TemplateParameters,
  column: TemplateParameters,
  second: Fields,
  { goTemplate, diagnostics }: Generation,
): TemplateParameters | undefined {
  if (goTemplate) return mergeOver(column, row);
  const combined = new Map<string, string>(Object.entries(row).map(([key, value]) => [key, goText(value)]));
  for (const [key, value] of Object.entries(column)) {
    const text = goText(value);
    const old = combined.get(key);
    if (old !== undefined && old !== text) {
      diagnostics.problem(second.pointer, `both generators set ${key}, to ${old} and to ${text}`);
      return undefined;
    }
    combined.set(key, text);
  }
  return Object.fromEntries(combined);
}

function higherRanked(one: RankedOrigin, other: RankedOrigin): RankedOrigin {
  return other.rank > one.rank ? other : one;
}
