import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where files are while they are written. */
export const drafts = "drafts";

/**
 * Writes a file below a store's directory so that any reader sees all of it or nothing, wherever its writer is killed.
 * Returns false if it could not be written: the store is a convenience, and nothing depends on it.
 */
export async function writeWhole(directory: string, path: string, bytes: Uint8Array): Promise<boolean> {
  const draft = join(directory, drafts, `${process.pid}.${randomBytes(8).toString("hex")}`);
  try {
    await mkdir(dirname(draft), { recursive: true, mode: 0o700 });
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, bytes, { mode: 0o600 });
    await rename(draft, path);
    return true;
  } catch {
    await rm(draft, { force: true }).catch(() => {});
    return false;
  }
}
