import type { TreeFiles } from "../files/tree-files.ts";
import type { KustomizeBuild } from "../kustomizations/kustomize-build.ts";
import { ownTexts } from "../own-text.ts";
import type { EntryPlace } from "./entry.ts";
import type { KustomizeCharts } from "./kustomize-charts.ts";
import { placeOfVersion } from "./line-of-entry.ts";

/** A kustomization and what it writes for something that a server has: an address, or the name of a chart. */
interface Referrer {
  readonly path: string;
  readonly written: string;
}

/**
 * Finds the place in the tree by which a build loads something of a server. Of what a fetched kustomization loads, that is
 * the place that loads the kustomization.
 */
export function referrers(
  { nodes }: KustomizeBuild,
  { fetchedBy }: Pick<KustomizeCharts, "fetchedBy">,
  files: TreeFiles,
): (directory: string) => Promise<EntryPlace | undefined> {
  const byDirectory = new Map<string, Referrer>();
  const add = (directory: string | undefined, by: Referrer): void => {
    const isOwn = directory === undefined || directory === files.fetchedAt(by.path);
    const known = directory === undefined ? undefined : byDirectory.get(directory);
    // A line of the tree itself says it best.
    if (!isOwn && (known === undefined || files.fetchedAt(known.path) !== undefined)) byDirectory.set(directory, by);
  };
  for (const { path, unresolved } of nodes)
    for (const entry of unresolved)
      if (entry.kind !== "remote") add(files.fetchedAt(entry.to), { path, written: entry.written });
  for (const { directory, path, written } of fetchedBy) add(directory, { path, written });
  return async (asked) => {
    const seen = new Set<string>();
    let directory: string | undefined = asked;
    while (directory !== undefined && !seen.has(directory)) {
      seen.add(directory);
      const by = byDirectory.get(directory);
      if (by === undefined) return undefined;
      directory = files.fetchedAt(by.path);
      if (directory === undefined) return placeOf(by, files);
    }
    return undefined;
  };
}

async function placeOf({ path, written }: Referrer, files: TreeFiles): Promise<EntryPlace> {
  const own = ownTexts(await files.read([path]), (one) => one);
  const place = placeOfVersion(own.reading(path), ({ value, name }) => value === written || name === written);
  return { path: files.fileAt(path)?.path ?? path, line: place?.line ?? 1, column: place?.column ?? 1 };
}
