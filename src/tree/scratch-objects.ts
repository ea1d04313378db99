import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGit } from "./run-git.ts";

/**
 * A temporary object directory beside that of a repository, so that a merge can be computed without writing to the
 * repository.
 */
export interface ScratchObjects {
  /** The environment for commands that read: the objects of the repository and of the temporary directory. */
  readonly forReading: { readonly [name: string]: string };
  /** The environment for commands that write: new objects go to the temporary directory. */
  readonly forWriting: { readonly [name: string]: string };
  remove(): void;
}

/** Creates the directory. The caller must call `remove`. */
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

/** Git splits the list at colons, except in a quoted item. */
function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
