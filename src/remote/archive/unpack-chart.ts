import type { Tree } from "../../model/tree.ts";
import { memoryTree } from "../../tree/memory-tree.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { RemoteLimits } from "../limits.ts";
import { entryPath } from "./entry-path.ts";
import { readArchive } from "./read-archive.ts";
import { refuseNested } from "./refuse-nested.ts";

/**
 * The files of a chart's archive below the chart's directory, as Helm loads them: every entry lies in a directory whose
 * name does not matter, what is neither file nor directory is an empty file, and of entries with one path the last counts.
 */
export async function unpackChart(packed: Uint8Array, what: string, limits: RemoteLimits): Promise<Tree> {
  const files = new Map<string, Uint8Array>();
  for (const { path, bytes } of await readArchive(packed, what, limits)) {
    const below = entryPath(path, what);
    const start = below.indexOf("/");
    if (start === -1) {
      throw new RemoteFailure("absent", `${what} has a file beside the chart's directory: ${oneLine(path)}`);
    }
    files.set(below.slice(start + 1), bytes);
  }
  if (!files.has("Chart.yaml")) throw new RemoteFailure("absent", `${what} is not a chart: it has no Chart.yaml`);
  refuseNested(files, what);
  return memoryTree(Object.fromEntries(files), what);
}
