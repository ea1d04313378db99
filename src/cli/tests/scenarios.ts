import { isOfScenario } from "../../config/scenario-files.ts";

/** A directory `scenarios/NAME` beside policies: a repository before and after a change, and what must be found. */
export interface Scenario {
  readonly path: string;
  /** Its directory without `scenarios/`, which stays the same whatever is tested beside it. */
  readonly name: string;
  readonly parts: ReadonlySet<"base" | "head" | "expected.json">;
  readonly files: readonly string[];
}

/** Finds scenarios among the paths of a tree. */
export function scenariosIn(paths: readonly string[]): readonly Scenario[] {
  const found = new Map<string, { name: string; parts: Set<"base" | "head" | "expected.json">; files: string[] }>();
  for (const path of paths) {
    if (!isOfScenario(path)) continue;
    const match = /^((?:(.*?)\/)?scenarios\/([^/]+))\/(base|head|expected\.json)(?:\/|$)/.exec(path);
    const [, directory, beside, own, part] = match ?? [];
    if (directory === undefined || own === undefined) continue;
    const known = found.get(directory) ?? {
      name: `scenario ${beside === undefined ? "" : `${beside}/`}${own}`,
      parts: new Set(),
      files: [],
    };
    if (part === "base" || part === "head" || part === "expected.json") known.parts.add(part);
    known.files.push(path);
    found.set(directory, known);
  }
  return [...found].map(([path, scenario]) => ({ path, ...scenario }));
}
