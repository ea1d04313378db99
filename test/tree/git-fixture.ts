import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { MemoryFile } from "../../src/tree/memory-tree.ts";
import { gitEnvironment, gitIdentity } from "../support/github/git/run.ts";

/** A real repository in a temporary directory. */
export interface GitFixture {
  readonly directory: string;
  git(...args: readonly string[]): string;
  /** Writes the files (undefined removes one), commits everything and returns the commit id. */
  commit(files: { readonly [path: string]: MemoryFile | undefined }, message?: string): string;
  remove(): void;
}

/** Makes an empty repository on branch main, cut off from the machine's Git configuration. */
export function gitFixture(): GitFixture {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-git-"));
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", directory, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...gitEnvironment(),
        ...gitIdentity,
      },
    }).trim();
  git("init", "-q", "-b", "main");
  return {
    directory,
    git,
    commit(files, message = "change") {
      for (const [path, file] of Object.entries(files)) {
        const target = join(directory, path);
        rmSync(target, { recursive: true, force: true });
        if (file === undefined) continue;
        mkdirSync(dirname(target), { recursive: true });
        if (typeof file === "string" || file instanceof Uint8Array) writeFileSync(target, file);
        else if ("symlink" in file) symlinkSync(file.symlink, target);
        else git("update-index", "--add", "--cacheinfo", `160000,${file.submodule},${path}`);
      }
      git(
        "add",
        "--all",
        "--",
        ":/",
        ...Object.entries(files).flatMap(([path, file]) => (isSubmodule(file) ? [`:(exclude)${path}`] : [])),
      );
      git("commit", "-q", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function isSubmodule(file: MemoryFile | undefined): boolean {
  return typeof file === "object" && "submodule" in file;
}
