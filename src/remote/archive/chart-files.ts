import { oneLine, RemoteFailure } from "../failure.ts";
import type { ArchiveEntry } from "./read-archive.ts";
import { entryPath } from "./entry-path.ts";

/**
 * The files of a chart's archive below the chart's directory, as Helm loads them: every entry lies in a directory whose
 * name does not matter, what is neither file nor directory is an empty file, and of entries with one path the last counts.
 */
export function chartFiles(entries: readonly ArchiveEntry[], what: string): { readonly [path: string]: Uint8Array } {
  const files = new Map<string, Uint8Array>();
  for (const { path, bytes } of entries) {
    const below = entryPath(path, what);
    const start = below.indexOf("/");
    if (start === -1)
      throw new RemoteFailure("absent", `${what} has a file beside the chart's directory: ${oneLine(path)}`);
    files.set(below.slice(start + 1), bytes);
  }
  if (!files.has("Chart.yaml")) throw new RemoteFailure("absent", `${what} is no chart: it has no Chart.yaml`);
  refuseNested(files, what);
  return Object.fromEntries(files);
}

/** A path that is a file in one entry and a directory in another is read differently by everyone. */
export function refuseNested(files: ReadonlyMap<string, unknown>, what: string): void {
  for (const path of files.keys()) {
    for (let end = path.lastIndexOf("/"); end !== -1; end = path.lastIndexOf("/", end - 1)) {
      if (files.has(path.slice(0, end))) {
        throw new RemoteFailure("absent", `${what} has ${oneLine(path.slice(0, end))} as a file and as a directory`);
      }
      if (end === 0) break;
    }
  }
}
