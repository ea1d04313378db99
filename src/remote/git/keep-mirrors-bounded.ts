import { readdir, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./lock.ts";
import { discard } from "./mirror.ts";

/** What was used within the last hour may be what a job works with right now. */
const hour = 60 * 60_000;

interface Kept {
  readonly directory: string;
  readonly bytes: number;
  readonly used: number;
}

/** Removes the mirrors below a directory that were not used for longest, until what is left is within `maxBytes`. */
export async function keepMirrorsBounded(parent: string, maxBytes: number): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.endsWith(".old"))) await removeAbandoned(join(parent, name));
  const mirrors: Kept[] = [];
  for (const name of names.filter((each) => each.endsWith(".git"))) mirrors.push(await measure(join(parent, name)));
  let left = mirrors.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { directory, bytes, used } of mirrors.toSorted((a, b) => a.used - b.used)) {
    if (left <= maxBytes || Date.now() - used < hour) return;
    const lock = directory.replace(/\.git$/, ".lock");
    // Not while it is written.
    await withLock(lock, AbortSignal.abort(), () => discard(directory));
    await rmdir(lock).catch(() => {});
    left -= bytes;
  }
}

/** One that was being removed by a process that was killed. */
async function removeAbandoned(directory: string): Promise<void> {
  const { used } = await measure(directory);
  if (Date.now() - used > hour) await rm(directory, { recursive: true, force: true });
}

async function measure(directory: string): Promise<Kept> {
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  const used = (await stat(join(directory, "HEAD")).catch(() => undefined))?.mtimeMs ?? 0;
  return { directory, bytes, used };
}
