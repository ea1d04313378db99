import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { SimulatedGitHub } from "./github/server.ts";
import { until } from "./until.ts";

/** The compiled command line, seen from dist/test/support. */
const MAIN = join(import.meta.dirname, "../../src/cli/main.js");

export interface AppProcess {
  readonly url: string;
  readonly webhookUrl: string;
  readonly pid: number;
  /** Everything it has written so far, both streams. */
  log(): string;
  /** SIGTERM, and its exit code when it has drained. */
  stop(): Promise<number | null>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
}

export interface AppProcessOptions {
  readonly stateDirectory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The command line of another checkout. */
  readonly main?: string;
}

/** The URL in the line of the log that tells that it serves. */
function servingUrl(log: string): string | undefined {
  const line = log.split("\n").find((text) => text.endsWith("}") && text.includes('"msg":"serving"'));
  return line === undefined ? undefined : (JSON.parse(line) as { readonly url: string }).url;
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (!hasExited(child)) {
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

/** Starts the real `portcullis serve` against a simulated GitHub, waits until it is ready, and points the webhooks at it. */
export async function startAppProcess(github: SimulatedGitHub, options: AppProcessOptions): Promise<AppProcess> {
  const child = spawn(process.execPath, [options.main ?? MAIN, "serve"], {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      APP_ID: String(github.appId),
      PRIVATE_KEY: github.privateKey,
      WEBHOOK_SECRET: github.webhookSecret,
      GITHUB_API_URL: github.apiUrl,
      HOST: "127.0.0.1",
      PORT: "0",
      STATE_DIR: options.stateDirectory,
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (written += chunk.toString("utf8")));
  // A test that dies must not leave a server behind.
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  child.once("exit", () => process.off("exit", onExit));
  try {
    await until(() => hasExited(child) || servingUrl(written) !== undefined, "portcullis serve to be ready");
    if (hasExited(child)) throw new Error(`portcullis serve ended with ${child.exitCode}`);
  } catch (error) {
    await end(child, "SIGKILL");
    throw new Error(`${error instanceof Error ? error.message : String(error)}; it wrote:\n${written}`, {
      cause: error,
    });
  }
  const url = servingUrl(written) ?? "";
  const webhookUrl = `${url}/api/github/webhooks`;
  github.setWebhookUrl(webhookUrl);
  return {
    url,
    webhookUrl,
    pid: child.pid ?? 0,
    log: () => written,
    stop: () => end(child, "SIGTERM"),
    kill: async () => {
      await end(child, "SIGKILL");
    },
  };
}
