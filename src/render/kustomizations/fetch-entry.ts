import type { TreeFiles } from "../files/tree-files.ts";
import type { FailedFetch, FetchedDirectory, RemoteDirectories } from "../remotes/remote-directories.ts";
import { remoteEntries, type RemoteEntry } from "./repository-reference.ts";

/** What an entry of a kustomization names on a server: a file or directory of what was fetched. */
export type FetchedEntry =
  | { readonly kind: "found"; readonly path: string; readonly fetched: FetchedDirectory }
  | FailedFetch;

/** Fetches what an entry names; undefined where nothing is fetched. The first way of reading the entry that works counts. */
export async function fetchEntry(
  { written, mayLoad }: { readonly written: string; readonly mayLoad: boolean },
  remotes: RemoteDirectories,
  files: TreeFiles,
): Promise<FetchedEntry | undefined> {
  const ways = remoteEntries(written).filter(({ kind }) => mayLoad || kind === "file");
  let last: FailedFetch | undefined;
  for (const way of ways) {
    const fetched = await remotes.fetch(way.reference);
    if (fetched === undefined) return undefined;
    if (fetched.kind === "found") return within(way, fetched, files);
    last = fetched;
    // Whether it is another thing is not known either.
    if (fetched.kind !== "absent") break;
  }
  if (last !== undefined) return last;
  return /^(?:git::)?file:\/\//i.test(written)
    ? { kind: "absent", message: "it is a path of the machine that renders, and no server's" }
    : { kind: "absent", message: "it is no address that Kustomize fetches" };
}

function within(way: RemoteEntry, fetched: FetchedDirectory, files: TreeFiles): FetchedEntry {
  const { directory } = fetched;
  if (way.kind === "file") {
    const [path] = files.filesBelow(directory);
    return path === undefined
      ? { kind: "absent", message: `${way.reference.url} is empty` }
      : { kind: "found", path, fetched };
  }
  const path = way.path === "" ? directory : `${directory}/${way.path}`;
  if (files.directoryAt(path) !== undefined || files.fileAt(path) !== undefined)
    return { kind: "found", path, fetched };
  return { kind: "absent", message: `${way.reference.url} has no ${way.path} at ${fetched.version}` };
}
