import type { Gap } from "../../model/source.ts";
import { cleanPath, directoryOf } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { KustomizeBuild } from "../kustomizations/kustomize-build.ts";
import { ownTexts } from "../own-text.ts";
import { lineOfEntry } from "./line-of-entry.ts";

/** A gap for each entry whose content is in another repository, at its line: what a server has, or a submodule. */
export async function kustomizeGaps(build: KustomizeBuild, files: TreeFiles): Promise<readonly Omit<Gap, "source">[]> {
  const missing = build.nodes.flatMap((node) => [
    ...node.unresolved.flatMap(({ kind, written, as }) =>
      kind === "remote"
        ? [
            {
              path: node.path,
              names: (value: string) => value === written,
              reason: `${written} (${as}) is not in this repository, and nothing is fetched: keep a copy in this repository and name it under \`kustomize.vendored\``,
            },
          ]
        : [],
    ),
    ...node.asks.flatMap(({ path: asked, entry, as }) => {
      const submodule = entry === undefined ? files.submoduleOf(asked) : undefined;
      return submodule === undefined
        ? []
        : [
            {
              path: node.path,
              names: (value: string) => cleanPath(`${directoryOf(node.path)}/${value}`) === asked,
              reason: `${asked} (${as}) is in the submodule ${submodule}`,
            },
          ];
    }),
  ]);
  if (missing.length === 0) return [];
  const own = ownTexts(await files.read(new Set(missing.map(({ path }) => path))), (path) => path);
  return missing.map(({ path, names, reason }) => ({
    path: files.fileAt(path)?.path ?? path,
    line: lineOfEntry(own.reading(path), ({ value }) => typeof value === "string" && names(value)) ?? 1,
    reason,
  }));
}
