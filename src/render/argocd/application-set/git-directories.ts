import type { TreeView } from "../../gitops.ts";
import { matchesGlob } from "../glob.ts";
import { maxParameterSets, tooMany, type Generator, type ParameterSet } from "./generation.ts";
import { pathParameters } from "./path-parameters.ts";
import { addValues } from "./templated-values.ts";

/** `git.directories`: every directory that a pattern matches and no `exclude` pattern does, except hidden ones. */
export const generateFromDirectories: Generator = async (options, generation) => {
  const { goTemplate, places, context } = generation;
  const items = options.objects("directories").map((item) => ({
    pattern: item.text("path"),
    excludes: item.flag("exclude"),
    pointer: item.pointer,
  }));
  const included = items.filter(({ excludes }) => !excludes);
  const excluded = items.filter(({ excludes }) => excludes);
  const sets: ParameterSet[] = [];
  for (const directory of directoriesFor(
    included.map(({ pattern }) => pattern),
    context.tree,
  )) {
    const item = included.find(({ pattern }) => matchesGlob(pattern, directory, "go-path"));
    if (item === undefined || excluded.some(({ pattern }) => matchesGlob(pattern, directory, "go-path"))) continue;
    if (sets.length >= maxParameterSets) return tooMany(generation, options.pointer, sets.length + 1);
    const parameters = await addValues(
      pathParameters({ directory }, goTemplate, options.text("pathParamPrefix")),
      options,
      generation,
    );
    if (parameters === undefined) return undefined;
    sets.push({ parameters, origin: { path: places.path, line: places.line(item.pointer), rank: 0 } });
  }
  return sets;
};

/** Directories that the patterns may match, sorted. Only directories below the fixed parts of the patterns are listed. */
function directoriesFor(patterns: readonly string[], tree: TreeView): readonly string[] {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const fixed = pattern.slice(0, Math.max(0, pattern.search(/[*?[\\]|$/)));
    for (const path of tree.filesBelow(fixed.slice(0, Math.max(0, fixed.lastIndexOf("/"))))) {
      for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
        const directory = path.slice(0, at);
        if (found.has(directory)) break;
        found.add(directory);
      }
    }
  }
  return [...found].filter((directory) => !/(?:^|\/)\./.test(directory)).toSorted();
}
