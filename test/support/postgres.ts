import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import pg from "pg";
import { until } from "./until.ts";

/** A real PostgreSQL server of this test alone, on a Unix socket. */
export interface Postgres {
  readonly url: string;
  /** Of the process that starts all others. */
  pid(): number;
  /** Ends it at once, as `pg_ctl stop -m immediate` does: connections break, and the next start recovers from the log. */
  crash(): Promise<void>;
  /** Starts it again on its data, and waits until it answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The directory of PostgreSQL's programs; undefined where it is not installed. */
export function installedPostgres(): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .concat("/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin")
    .find((place) => existsSync(join(place, "initdb")) && existsSync(join(place, "postgres")));
}

/**
 * Starts a server of the programs in `bin` with its data in `directory`, and with more variables of its environment.
 * PostgreSQL refuses to run as root.
 */
export async function startPostgres(
  bin: string,
  directory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Postgres> {
  const user = process.getuid?.() === 0 ? nobody() : {};
  await mkdir(directory, { recursive: true });
  if (user.uid !== undefined && user.gid !== undefined) {
    await chmod(join(directory, ".."), 0o755);
    await chown(directory, user.uid, user.gid);
  }
  const data = join(directory, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "test", "-A", "trust", "--no-sync"], {
    ...user,
    cwd: directory,
    stdio: "ignore",
  });
  const url = `postgres://test@localhost/postgres?host=${encodeURIComponent(directory)}`;
  const launch = async (): Promise<ChildProcess> => {
    const server = spawn(join(bin, "postgres"), ["-D", data, "-k", directory, "-c", "listen_addresses=", "-F"], {
      ...user,
      cwd: directory,
      stdio: "ignore",
      env: { ...process.env, ...environment },
    });
    // A test that dies must not leave a server behind.
    const onExit = (): void => void server.kill("SIGQUIT");
    process.once("exit", onExit);
    server.once("exit", () => process.off("exit", onExit));
    await until(async () => server.exitCode !== null || (await answers(url)), "PostgreSQL to answer");
    return server;
  };
  let server = await launch();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill(signal);
    await gone;
  };
  return {
    url,
    pid: () => server.pid ?? 0,
    crash: () => end("SIGQUIT"),
    async start() {
      server = await launch();
    },
    stop: () => end("SIGINT"),
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

function nobody(): { uid?: number; gid?: number } {
  try {
    const id = (flag: string): number => Number(execFileSync("id", [flag, "nobody"]).toString());
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return {};
  }
}
