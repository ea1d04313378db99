import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gitEnvironment, gitIdentity } from "../support/github/git/run.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const BINARY = fileURLToPath(new URL("../../src/cli/main.cjs", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command in a directory, as a pipe sees it: no terminal. `watch` may act on what it prints. */
export function portcullis(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  watch: (child: ChildProcessWithoutNullStreams) => void = () => {},
): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [BINARY, ...args], {
      cwd,
      env: { ...process.env, PORTCULLIS_CACHE_DIR: TEST_CACHE, ...env },
    });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    watch(child);
    child.on("close", (code) => done({ code, out, err }));
  });
}

/** A new directory with these files. */
export function directoryWith(files: { readonly [path: string]: string }): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-cli-")));
  write(directory, files);
  return directory;
}

export function write(directory: string, files: { readonly [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** Runs git in a directory with an identity of its own and no configuration of the user's. */
export function git(directory: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, {
    cwd: directory,
    encoding: "utf8",
    env: {
      ...gitEnvironment(),
      ...gitIdentity,
    },
  });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}
