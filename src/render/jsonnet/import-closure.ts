import { resolvePath } from "../argocd/tree-path.ts";
import type { JsonnetOptions } from "../plan.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { directoryOf } from "../files/scope.ts";
import { findImports, type Import } from "./find-imports.ts";

/** What evaluating a Jsonnet file may read. */
export interface ImportClosure {
  /** The files that are there, the file itself first. */
  readonly files: readonly string[];
  /** Every path that is looked for, whether a file is there or not. */
  readonly asked: readonly string[];
  /** What it imports from a submodule. */
  readonly inSubmodule?: { readonly path: string; readonly submodule: string };
  /** More than a file may import. */
  readonly isTooLarge?: true;
}

/** The most files that one may import. */
export const mostImports = 10_000;

/** Finds what Jsonnet files import, each file read once. `directory`: that of the source. */
export function importClosures(
  directory: string,
  { libraries, tlas, extVars }: JsonnetOptions,
  files: TreeFiles,
): (main: string) => Promise<ImportClosure> {
  const root = files.fetchedAt(directory) ?? "";
  const searchPath = [directory, ...libraries].toReversed();
  const known = new Map<string, readonly Import[]>();
  const ofVariables = [...tlas, ...extVars].flatMap(({ code, value }) => (code === true ? findImports(value) : []));
  const load = async (paths: readonly string[]): Promise<void> => {
    const unknown = paths.filter((path) => !known.has(path));
    for (const [path, bytes] of await files.read(unknown))
      known.set(path, findImports(new TextDecoder().decode(bytes)));
  };

  return async (main) => {
    const asked = new Set([main]);
    const there = new Set([main]);
    let inSubmodule: ImportClosure["inSubmodule"];
    let level = new Set([main]);
    const parsed = new Set(level);
    const follow = ({ path: written, code }: Import, from: string | undefined): void => {
      if (written.startsWith("/")) return;
      for (const base of from === undefined ? searchPath : [directoryOf(from), ...searchPath]) {
        const path = resolvePath(base, written, root);
        // As long as a path may be for a file system: links that lead to themselves make endless ones.
        if (path === undefined || path.length > 4096) continue;
        asked.add(path);
        const submodule = files.submoduleOf(path);
        if (submodule !== undefined) inSubmodule ??= { path, submodule };
        if (files.fileAt(path) === undefined) continue;
        there.add(path);
        if (code && !parsed.has(path)) level.add(path);
        return;
      }
    };
    for (const one of ofVariables) follow(one, undefined);
    while (level.size > 0) {
      const paths = [...level];
      level = new Set();
      for (const path of paths) parsed.add(path);
      if (parsed.size > mostImports) return { files: [...there], asked: [...asked], isTooLarge: true };
      await load(paths);
      for (const path of paths) for (const one of known.get(path) ?? []) follow(one, path);
    }
    return { files: [...there], asked: [...asked], ...(inSubmodule === undefined ? {} : { inSubmodule }) };
  };
}
