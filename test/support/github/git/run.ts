import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

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

/** What a repository of the simulator is set to; given to each Git, as a process to write each setting takes longer. */
const SETTINGS = [
  ["uploadpack.allowFilter", "true"],
  ["uploadpack.allowAnySHA1InWant", "true"],
  ["http.receivepack", "true"],
  ["receive.advertisePushOptions", "true"],
  ["transfer.hideRefs", "refs/simulator"],
  ["gc.auto", "0"],
  ["core.logAllRefUpdates", "false"],
  // Nothing here has to survive a power failure.
  ["core.fsync", "none"],
  ["safe.directory", "*"],
] as const;

const settings: NodeJS.ProcessEnv = {
  GIT_CONFIG_COUNT: String(SETTINGS.length),
  ...Object.fromEntries(
    SETTINGS.flatMap(([key, value], at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ]),
  ),
};

/** To the starter. */
export interface GitRequest {
  readonly id: number;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly input?: string | Uint8Array;
}

export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** From the starter: the output, or why Git could not be started. */
export interface GitReply {
  readonly id: number;
  readonly output?: GitOutput;
  readonly failure?: string;
}

/** A starter that has had nothing to do for so long is ended: a test file does not tell that it is the last to need it. */
const IDLE_MILLISECONDS = 3_000;

interface Starter {
  readonly child: ChildProcess;
  readonly waiting: Map<number, { resolve: (output: GitOutput) => void; reject: (error: Error) => void }>;
  idle?: NodeJS.Timeout;
}

let starter: Starter | undefined;
let lastId = 0;

function start(): Starter {
  const child = fork(fileURLToPath(new URL("./starter.js", import.meta.url)), {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const started: Starter = { child, waiting: new Map() };
  child.on("message", ({ id, output, failure }: GitReply) => {
    const asked = started.waiting.get(id);
    started.waiting.delete(id);
    if (output === undefined) asked?.reject(new Error(`git could not be started: ${failure}`));
    else asked?.resolve(output);
    if (started.waiting.size === 0) rest(started);
  });
  child.once("exit", () => {
    if (starter === started) starter = undefined;
    for (const { reject } of started.waiting.values()) reject(new Error("the process that starts git has ended"));
  });
  return started;
}

/** Neither an idle starter nor the wait for its end keeps this process alive. */
function rest(idle: Starter): void {
  idle.child.unref();
  idle.child.channel?.unref();
  idle.idle = setTimeout(() => {
    if (starter === idle) starter = undefined;
    idle.child.disconnect();
  }, IDLE_MILLISECONDS).unref();
}

/** Runs Git with the settings of the simulator's repositories. */
export function runGit(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  input?: string | Uint8Array,
): Promise<GitOutput> {
  starter ??= start();
  const { child, waiting, idle } = starter;
  clearTimeout(idle);
  child.ref();
  child.channel?.ref();
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    child.send({
      id,
      args,
      environment: { ...gitEnvironment(), ...settings, ...environment },
      ...(input === undefined ? {} : { input }),
    } satisfies GitRequest);
  });
}

export async function tryGit(
  directory: string,
  args: readonly string[],
  input?: string | Buffer,
  extra: NodeJS.ProcessEnv = {},
): Promise<GitOutcome> {
  const { code, stdout, stderr } = await runGit(["-C", directory, ...args], extra, input);
  return { code, stdout: stdout.toString("utf8"), stderr: stderr.toString("utf8") };
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
