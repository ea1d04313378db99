import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Makes the file or directory `path` unless it is there. Of several processes that need it at once, one makes it and the
 * others wait. `make` writes to the path that it is given, which is renamed when it is complete. What `make` throws is
 * thrown on, and the next process tries again.
 */
export async function makeOnce(path: string, make: (draft: string) => void | Promise<void>): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  while (!existsSync(path)) {
    const release = lock(`${path}.lock`);
    if (release === undefined) {
      await sleep(20);
      continue;
    }
    const draft = `${path}.draft-${process.pid}`;
    try {
      if (existsSync(path)) break;
      await make(draft);
      renameSync(draft, path);
    } finally {
      rmSync(draft, { recursive: true, force: true });
      release();
    }
  }
  return path;
}

/** The lock is a file that names its owner, put in place complete; undefined while a running process holds it. */
function lock(file: string): (() => void) | undefined {
  const own = `${file}-${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return () => rmSync(file, { force: true });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    dropLockOfDead(file);
    return undefined;
  } finally {
    rmSync(own, { force: true });
  }
}

function dropLockOfDead(file: string): void {
  let owner: number;
  try {
    owner = Number(readFileSync(file, "utf8"));
  } catch {
    return; // Released meanwhile.
  }
  if (isAlive(owner)) return;
  const taken = `${file}-of-${owner}`;
  try {
    renameSync(file, taken);
    rmSync(taken, { force: true });
  } catch {
    // Another process was faster.
  }
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Errors of the system are of another realm than what tests run in, so `instanceof` does not know them. */
function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
