import type { MissingSchema } from "../charts/values-schemas.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { Entry } from "./entry.ts";
import { notFetched, type NotFetched } from "./not-fetched.ts";

interface Chart {
  /** Its files by path within it. */
  readonly files: ReadonlyMap<string, string>;
  /** Where the chart is named. */
  readonly entry: Entry;
}

/**
 * What is told of schemas that are not at hand, once for each schema that refers to them: at that schema, or at the
 * chart's entry where it was fetched with the chart. Where nothing is fetched, the rest of the values is validated.
 */
export function missingSchemas(
  missing: readonly MissingSchema[],
  { files: chart, entry }: Chart,
  files: TreeFiles,
): NotFetched {
  const groups = new Map<string, MissingSchema[]>();
  for (const one of missing) {
    const key = `${one.failure?.kind ?? "off"} ${one.path}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const told = [...groups.values()].map(([first, ...others]): NotFetched => {
    if (first === undefined) return {};
    const from = chart.get(first.path) ?? "";
    const at = files.fetchedAt(from) === undefined ? { path: from, line: 1 } : entry;
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    const what = `${first.path} refers to ${first.url}${more}`;
    if (first.failure !== undefined) return notFetched(first.failure, at, `${what}: `);
    return { gaps: [{ ...at, reason: `${what}, not fetched: that part accepts any value` }] };
  });
  return {
    gaps: told.flatMap(({ gaps = [] }) => gaps),
    problems: told.flatMap(({ problems = [] }) => problems),
  };
}
