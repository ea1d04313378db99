import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGit } from "./run-git.ts";

/** A throw-away object directory beside a repository's own: a merge can be computed without writing into the repository. */
export interface ScratchObjects {
  /** Environment for commands that read: the repository's objects and those of the scratch directory. */
  readonly forReading: { readonly [name: string]: string };
  /** Environment for commands that write: what they write lands in the scratch directory. */
  readonly forWriting: { readonly [name: string]: string };
  remove(): void;
}

/** Makes the directory; call `remove` when done. */
export async function scratchObjects(directory: string): Promise<ScratchObjects> {
  const { stdout } = await runGit(directory, ["rev-parse", "--path-format=absolute", "--git-path", "objects"]);
  const objects = stdout.replace(/\n$/, "");
  const scratch = mkdtempSync(join(tmpdir(), "portcullis-objects-"));
  return {
    forReading: { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(scratch) },
    forWriting: { GIT_OBJECT_DIRECTORY: scratch, GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(objects) },
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

/** Git splits the list at colons unless an item stands in quotes. */
function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
