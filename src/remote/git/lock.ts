import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A holder says so often that it is alive, and is taken for dead after so long without a word. */
const heartbeat = 10_000;
const patience = 120_000;

/** Names the machine, as ids of processes are those of one machine. */
const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 12);

/**
 * Runs work while holding a lock that no other caller holds, in this process or in another. The lock is a directory: each
 * contender puts a file of its own name into it, and holds the lock while there is no other file of a living process. Where
 * two meet, both withdraw. The file of a dead process can be removed by any other, since its name is never used again.
 * Returns undefined if `signal` ended the wait.
 */
export async function withLock<T>(
  directory: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const mine = `${machine}.${process.pid}.${randomBytes(8).toString("hex")}`;
  while (!(await take(directory, mine))) {
    if (signal.aborted) return undefined;
    await pause(20 + Math.random() * 80);
  }
  const path = join(directory, mine);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, heartbeat).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

async function take(directory: string, mine: string): Promise<boolean> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (await isHeld(directory, mine)) return false;
  const path = join(directory, mine);
  try {
    await writeFile(path, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    // Who removes a mirror removes its lock with it.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  if (!(await isHeld(directory, mine))) return true;
  await rm(path, { force: true });
  return false;
}

async function isHeld(directory: string, mine: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    if (name === mine) continue;
    if (await isAlive(directory, name)) return true;
    await rm(join(directory, name), { force: true });
  }
  return false;
}

async function isAlive(directory: string, name: string): Promise<boolean> {
  const [host, pid] = name.split(".");
  if (host === machine && !runs(Number(pid))) return false;
  const found = await stat(join(directory, name)).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < patience;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
