import { spawn } from "node:child_process";

export interface GitOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the user's own Git configuration may colour a test. */
export const gitEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: process.platform === "win32" ? "NUL" : "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
});

/** Who makes a test's commits. */
export const gitIdentity = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com",
};

export function tryGit(
  directory: string,
  args: readonly string[],
  input?: string | Buffer,
  extra: NodeJS.ProcessEnv = {},
): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["-C", directory, ...args], { env: { ...gitEnvironment(), ...extra } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    child.stdin.on("error", () => undefined);
    child.on("close", (code) => {
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(out).toString("utf8"),
        stderr: Buffer.concat(err).toString("utf8"),
      });
    });
    child.stdin.end(input);
  });
}

export async function git(
  directory: string,
  args: readonly string[],
  input?: string | Buffer,
  extra?: NodeJS.ProcessEnv,
): Promise<string> {
  const { code, stdout, stderr } = await tryGit(directory, args, input, extra);
  if (code !== 0) throw new Error(`git ${args[0] ?? ""} failed with ${code}: ${stderr}`);
  return stdout;
}

export async function resolveCommit(directory: string, name: string): Promise<string | undefined> {
  const { code, stdout } = await tryGit(directory, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${name}^{commit}`,
  ]);
  return code === 0 ? stdout.trim() : undefined;
}
