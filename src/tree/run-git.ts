import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { gitEnvironment, settings, type Remote } from "./git-environment.ts";
import { maxBytes } from "./max-bytes.ts";

/** The output of a `git` that has ended. */
export interface GitResult {
  /** 128 where it was killed. */
  readonly code: number;
  readonly stdout: string;
  /** The undecoded `stdout`: names in Git need not be UTF-8. */
  readonly bytes: Uint8Array;
  readonly stderr: string;
  /** It was killed, as it printed more than `maxOutput`. */
  readonly isTooLong?: true;
}

export interface GitOptions {
  /** Where objects are read and written. */
  readonly objects?: { readonly [name: string]: string };
  /** The one server that it may speak to. */
  readonly remote?: Remote;
  /** The same in Git's own terms: variables of its environment. */
  readonly network?: { readonly [name: string]: string };
  /** Kills it. */
  readonly signal?: AbortSignal;
  readonly input?: string;
  /** More output than this kills it; by default what is read of any object. */
  readonly maxOutput?: number;
}

/** For a `git` that is given no signal: none of ours takes nearly as long. */
const DEADLINE_MILLISECONDS = 600_000;

/** Only the end of what a `git` complains about is kept. */
const MAX_STDERR = 64 * 1024;

/** Starts a `git` that reads objects, cut off from the network, from hooks, filters, prompts and the machine's configuration. */
export function startGit(
  directory: string,
  args: readonly string[],
  { objects, remote, network }: Pick<GitOptions, "objects" | "remote" | "network"> = {},
  detached = false,
): ChildProcessWithoutNullStreams {
  return spawn("git", ["-C", directory, ...settings, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
    detached,
    env: { ...gitEnvironment(remote), ...network, ...objects },
  });
}

/** Runs such a `git` to its end. Rejects only where the program cannot be started. */
export function runGit(directory: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const { signal = AbortSignal.timeout(DEADLINE_MILLISECONDS), maxOutput = maxBytes } = options;
  return new Promise((resolve, reject) => {
    // A process group of its own, so that the programs it starts can be killed with it.
    const child = startGit(directory, args, options, process.platform !== "win32");
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr = "";
    let killed: string | undefined;
    const kill = (reason: string): void => {
      killed ??= reason;
      killGroup(child);
    };
    const abort = (): void => kill("git was stopped before it ended");
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    child.stdin.on("error", () => undefined).end(options.input ?? "");
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxOutput) stdout.push(chunk);
      else kill(`git printed more than ${maxOutput} bytes`);
    });
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString("utf8")).slice(-MAX_STDERR)));
    child.once("error", (cause) => {
      signal.removeEventListener("abort", abort);
      reject(new Error("git could not be started: is it installed?", { cause }));
    });
    child.once("close", (code) => {
      signal.removeEventListener("abort", abort);
      const bytes = killed === undefined ? Buffer.concat(stdout) : Buffer.alloc(0);
      resolve({
        code: killed === undefined ? (code ?? 128) : 128,
        stdout: bytes.toString("utf8"),
        bytes,
        stderr: killed ?? stderr.trim(),
        ...(size > maxOutput ? { isTooLong: true } : {}),
      });
    });
  });
}

function killGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
