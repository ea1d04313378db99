import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { drafts } from "./write-whole.ts";

interface Kept {
  readonly path: string;
  readonly bytes: number;
  readonly used: number;
}

/** A draft that is older belongs to a process that was killed. */
const draftMilliseconds = 60 * 60_000;
/** A file takes at least a block of the disk. */
const blockBytes = 4_096;

/** Returns what must be told of every write: now and then it removes what was not used for longest. */
export function keepBounded(directory: string, maxBytes: number): (written: number) => Promise<void> {
  // Looking at all files takes a while, so that it is done once, and then after each sixteenth that was written.
  let unseen = Number.POSITIVE_INFINITY;
  let looking: Promise<void> | undefined;
  return async (written) => {
    unseen += Math.max(written, blockBytes);
    if (looking === undefined && unseen > maxBytes / 16) {
      unseen = 0;
      looking = removeOldest(directory, maxBytes).finally(() => {
        looking = undefined;
      });
    }
    await looking;
  };
}

async function removeOldest(directory: string, maxBytes: number): Promise<void> {
  const draftsToo = await filesBelow(join(directory, drafts));
  const abandoned = draftsToo.filter(({ used }) => Date.now() - used > draftMilliseconds);
  const files = [...(await filesBelow(join(directory, "blobs"))), ...(await filesBelow(join(directory, "answers")))];
  let left = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const oldest: Kept[] = [];
  if (left > maxBytes) {
    for (const file of files.toSorted((a, b) => a.used - b.used)) {
      // Somewhat more than needed, so that it is not needed again at once.
      if (left <= maxBytes * 0.9) break;
      oldest.push(file);
      left -= file.bytes;
    }
  }
  for (const { path } of [...abandoned, ...oldest]) await rm(path, { force: true }).catch(() => {});
}

async function filesBelow(directory: string): Promise<readonly Kept[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Kept[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // Another process may have removed it.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) files.push({ path, bytes: Math.max(found.size, blockBytes), used: found.mtimeMs });
  }
  return files;
}
