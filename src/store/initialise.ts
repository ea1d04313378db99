import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const program = join(import.meta.dirname, "initialise.worker.js");

/** Every directory of a PostgreSQL database holds it. */
export const versionFile = "PG_VERSION";

/** Enough of what the process wrote to tell why it failed. */
const complaintLength = 4_096;

/**
 * Makes sure that `directory` holds a database. A new one is initialised beside it, by a process of its own, since that
 * takes several hundred MiB which PGlite does not give back; it is moved to its place once it is complete, and what an
 * interrupted initialisation left is removed. The caller must hold the lock of the state directory.
 */
export async function ensureInitialised(directory: string): Promise<void> {
  const parent = dirname(directory);
  const prefix = `${basename(directory)}.new-`;
  await mkdir(parent, { recursive: true });
  const drafts = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  // The process of a server that was killed may still write to one. It never moves it, and a later start removes it.
  await Promise.all(drafts.map((name) => remove(join(parent, name)).catch(() => undefined)));
  await mkdir(directory, { recursive: true });
  const present = await readdir(directory);
  if (present.includes(versionFile)) return;
  if (present.length > 0)
    throw new Error(
      `${directory} holds files but no database (${versionFile} is missing). Restore it from a backup, or move it away to start with an empty one.`,
    );
  const draft = await mkdtemp(join(parent, prefix));
  try {
    await initialise(draft);
    await rmdir(directory);
    await rename(draft, directory);
  } catch (error) {
    await remove(draft);
    throw error;
  }
}

async function initialise(draft: string): Promise<void> {
  // Its functions run too rarely to be worth optimising. The server's environment holds secrets and is not passed on.
  const child = spawn(process.execPath, ["--liftoff-only", program, draft], {
    env: {},
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-complaintLength)));
  const stop = (): void => void child.kill("SIGKILL");
  process.once("exit", stop);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    if (code !== 0)
      throw new Error(
        `the embedded database could not be initialised (${signal ?? `exit ${code}`}): ${complaint.trim()}`,
      );
  } finally {
    process.off("exit", stop);
  }
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5 });
}
