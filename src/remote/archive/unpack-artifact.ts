import type { Tree } from "../../model/tree.ts";
import { memoryTree } from "../../tree/memory-tree.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { RemoteLimits } from "../limits.ts";
import { entryPath } from "./entry-path.ts";
import { readArchive } from "./read-archive.ts";
import { refuseNested } from "./refuse-nested.ts";

/** The files of an artifact's archive as Flux unpacks them: without symbolic links, and not at all with devices. */
export async function unpackArtifact(packed: Uint8Array, what: string, limits: RemoteLimits): Promise<Tree> {
  const files = new Map<string, Uint8Array>();
  for (const { path, kind, bytes } of await readArchive(packed, what, limits)) {
    const below = entryPath(path, what);
    if (kind === "other") {
      throw new RemoteFailure("absent", `${what} has what is neither file nor directory: ${oneLine(path)}`);
    }
    if (kind === "file") files.set(below, bytes);
  }
  refuseNested(files, what);
  return memoryTree(Object.fromEntries(files), what);
}
