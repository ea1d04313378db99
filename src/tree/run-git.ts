import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { devNull } from "node:os";

/** What a finished `git` said. */
export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  /** The same before it was decoded: names in Git need not be UTF-8. */
  readonly bytes: Uint8Array;
  readonly stderr: string;
}

/** Settings that keep Git from running anything a repository could name, and from reading anything but objects. */
const settings = [
  "safe.directory=*",
  "core.fsmonitor=false",
  `core.hooksPath=${devNull}`,
  "core.pager=cat",
  "gc.auto=0",
  "maintenance.auto=false",
  "merge.renormalize=false",
  "protocol.allow=never",
].flatMap((setting) => ["-c", setting]);

/** Starts `git` in a directory, cut off from the network, from hooks, filters, prompts and the machine's configuration. */
export function startGit(
  directory: string,
  args: readonly string[],
  extra: { readonly [name: string]: string } = {},
): ChildProcessWithoutNullStreams {
  return spawn("git", ["-C", directory, ...settings, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
    env: {
      PATH: process.env["PATH"],
      SYSTEMROOT: process.env["SYSTEMROOT"],
      LC_ALL: "C",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: devNull,
      GIT_ATTR_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_OPTIONAL_LOCKS: "0",
      // A missing object of a partial clone is a problem to report, not a reason to fetch.
      GIT_NO_LAZY_FETCH: "1",
      GIT_ALLOW_PROTOCOL: "",
      // A replacement object would show other content than the commit has.
      GIT_NO_REPLACE_OBJECTS: "1",
      ...extra,
    },
  });
}

/** Runs `git` to its end. Rejects only where the program cannot be started. */
export async function runGit(
  directory: string,
  args: readonly string[],
  extra: { readonly [name: string]: string } = {},
): Promise<GitResult> {
  const child = startGit(directory, args, extra);
  child.stdin.end();
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => reject(new Error("git could not be started: is it installed?", { cause })));
    child.once("close", (status) => resolve(status ?? 128));
  });
  const bytes = Buffer.concat(stdout);
  return {
    code,
    stdout: bytes.toString("utf8"),
    bytes,
    stderr: Buffer.concat(stderr).toString("utf8").trim(),
  };
}
