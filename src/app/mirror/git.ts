import { spawn } from "node:child_process";
import { devNull } from "node:os";

/** What a `git` that talks to GitHub, or changes a mirror, gave. */
export interface GitOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Nothing that a repository holds or the machine has configured may make Git run a program, ask a person, follow a redirect
 * with our token, or speak another protocol.
 */
const SETTINGS = [
  "protocol.allow=never",
  "protocol.https.allow=always",
  "protocol.http.allow=always",
  "http.followRedirects=false",
  "http.lowSpeedLimit=1000",
  "http.lowSpeedTime=30",
  `core.hooksPath=${devNull}`,
  "core.fsmonitor=false",
  "credential.helper=",
  "fetch.recurseSubmodules=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "safe.directory=*",
].flatMap((setting) => ["-c", setting]);

const PASSED_ON = [
  "PATH",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
];

/**
 * Runs `git` on a mirror to its end; a credential goes by `environment`, never by `args`, which every user of the machine
 * can read. `signal` kills it. Rejects only where it cannot be started.
 */
export function runGit(
  directory: string,
  args: readonly string[],
  options: {
    readonly environment?: { readonly [name: string]: string };
    readonly signal?: AbortSignal;
    readonly input?: string;
  } = {},
): Promise<GitOutcome> {
  const kept = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Promise((done, fail) => {
    const child = spawn("git", ["-C", directory, ...SETTINGS, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        ...Object.fromEntries(kept),
        LC_ALL: "C",
        HOME: directory,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_CONFIG_GLOBAL: devNull,
        GIT_ATTR_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
        GIT_NO_REPLACE_OBJECTS: "1",
        GIT_DEFAULT_REF_FORMAT: "files",
        ...options.environment,
      },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const kill = (): void => void child.kill("SIGKILL");
    if (options.signal?.aborted === true) kill();
    options.signal?.addEventListener("abort", kill, { once: true });
    child.stdin.on("error", () => undefined).end(options.input ?? "");
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", (cause) => fail(new Error("git could not be started: is it installed?", { cause })));
    child.once("close", (code) => {
      options.signal?.removeEventListener("abort", kill);
      done({
        code: code ?? 128,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8").trim(),
      });
    });
  });
}

/** The environment that authorises Git for the host of `url` alone, by configuration. */
export function authorization(url: string, token: string): { readonly [name: string]: string } {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}
