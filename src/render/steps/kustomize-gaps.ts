import type { TreeEntry } from "../../model/tree.ts";
import type { KustomizationNode } from "../kustomizations/kustomization-graph.ts";
import type { FailedFetch } from "../remotes/remote-directories.ts";
import { cleanPath, directoryOf } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { KustomizeBuild } from "../kustomizations/kustomize-build.ts";
import { ownTexts } from "../own-text.ts";
import { lineOfEntry } from "./line-of-entry.ts";
import { notFetched, type NotFetched } from "./not-fetched.ts";

/**
 * What is told of each entry whose content is elsewhere and not at hand, at its line: on a server, in a submodule, or
 * behind a link from where Kustomize loads nothing. `anywhere`: it loads files of the tree from everywhere.
 */
export async function kustomizeGaps(
  build: KustomizeBuild,
  files: TreeFiles,
  anywhere: boolean,
): Promise<Required<NotFetched>> {
  const missing = build.nodes.flatMap((node) => [
    ...node.unresolved.flatMap((entry): readonly Missing[] => {
      if (entry.kind !== "remote") return [];
      const { written, as, failure } = entry;
      const reason =
        failure === undefined
          ? `${written} (${as}) is not in this repository, and nothing is fetched: keep a copy in this repository and name it under \`kustomize.vendored\``
          : `${written} (${as}): `;
      return [
        {
          path: node.path,
          names: (value) => value === written,
          reason,
          ...(failure === undefined ? {} : { failure }),
        },
      ];
    }),
    ...node.asks.flatMap(({ path: asked, entry, as }): readonly Missing[] => {
      const names = (value: string): boolean => cleanPath(`${directoryOf(node.path)}/${value}`) === asked;
      if (leadsOut(node, asked, entry, files, anywhere)) {
        const message = `${asked} (${as}) is a link to a file outside of the kustomization's own directory`;
        return [{ path: node.path, names, reason: "", failure: { kind: "absent", message } }];
      }
      const submodule = entry === undefined ? files.submoduleOf(asked) : undefined;
      return submodule === undefined
        ? []
        : [
            {
              path: node.path,
              names,
              reason: `${asked} (${as}) is in the submodule ${submodule}`,
            },
          ];
    }),
  ]);
  if (missing.length === 0) return { gaps: [], problems: [] };
  const own = ownTexts(await files.read(new Set(missing.map(({ path }) => path))), (path) => path);
  const told = missing.map(({ path, names, reason, failure }): NotFetched => {
    const at = {
      path: files.fileAt(path)?.path ?? path,
      line: lineOfEntry(own.reading(path), ({ value }) => typeof value === "string" && names(value)) ?? 1,
    };
    return failure === undefined ? { gaps: [{ ...at, reason }] } : notFetched(failure, at, reason);
  });
  return {
    gaps: told.flatMap(({ gaps = [] }) => gaps),
    problems: told.flatMap(({ problems = [] }) => problems),
  };
}

interface Missing {
  readonly path: string;
  /** Whether a text of the kustomization is the entry. */
  readonly names: (value: string) => boolean;
  readonly reason: string;
  readonly failure?: FailedFetch;
}

/** Whether a file in a kustomization's directory is a link out of it. What was fetched is never loaded from elsewhere. */
function leadsOut(
  { directory }: KustomizationNode,
  asked: string,
  entry: TreeEntry | undefined,
  files: TreeFiles,
  anywhere: boolean,
): boolean {
  if (entry === undefined || directory === "" || (anywhere && files.fetchedAt(directory) === undefined)) return false;
  return asked.startsWith(`${directory}/`) && !entry.path.startsWith(`${directory}/`);
}
