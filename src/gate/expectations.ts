import { nearName } from "../config/near-name.ts";
import type { ConfigSource } from "../config/read-config.ts";
import type { Config } from "../model/config.ts";
import type { Pointer } from "../model/json.ts";
import type { Judge } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import { cleanPath, matcher } from "../render/scope.ts";

/** What a configuration says of a tree and of a policy set that is not so: a pattern, path or policy id that matches nothing. */
export function unmetExpectations(
  config: Config,
  source: ConfigSource | undefined,
  judge: Judge,
  treePaths: readonly string[],
  named: readonly string[],
): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (pointer: Pointer, message: string): void => {
    const place = source?.place(pointer);
    problems.push({
      stage: "config",
      ...(source === undefined ? {} : { path: source.path }),
      ...(place === undefined ? {} : { line: place.line, column: place.column }),
      message,
    });
  };
  // Where a person names paths, these stand in for the patterns.
  for (const list of named.length > 0 ? [] : (["include", "exclude"] as const)) {
    config.manifests[list].forEach((pattern, index) => {
      if (pattern === "**" || treePaths.some(matcher([pattern]))) return;
      const directory = cleanPath(pattern);
      const hint = treePaths.some((path) => path.startsWith(`${directory}/`))
        ? `; did you mean "${directory}/**"?`
        : "";
      say(`/manifests/${list}/${index}`, `the pattern "${pattern}" matches no file${hint}`);
    });
  }
  for (const path of named) {
    const clean = cleanPath(path);
    if (clean === "" || treePaths.some((known) => known === clean || known.startsWith(`${clean}/`))) continue;
    problems.push({ stage: "read", path, message: "no such file or directory" });
  }
  // A policy that did not compile is not known by its id; its own problem says enough.
  if (judge.problems.length === 0) {
    const ids = new Set(judge.policies.map(({ id }) => id));
    for (const id of Object.keys(config.levels)) {
      if (ids.has(id)) continue;
      const near = nearName(id, ids);
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      say(`/levels/${id.replaceAll("~", "~0").replaceAll("/", "~1")}`, `no policy has the id "${id}"${hint}`);
    }
  }
  return problems;
}
