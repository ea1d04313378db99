import { createHash } from "node:crypto";
import { readFile, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "./write-whole.ts";

/** Content by its digest, `sha256:` and 64 hexadecimal digits. */
export interface Blobs {
  /** The content, exactly as it was put; undefined if there is none. A damaged one is deleted, and there is none. */
  read(digest: string): Promise<Uint8Array | undefined>;
  /** Keeps content, and returns its digest. */
  put(bytes: Uint8Array): Promise<string>;
}

/** Opens the blobs below a directory. `onWrite` is told how many bytes were written. */
export function openBlobs(directory: string, onWrite: (bytes: number) => Promise<void>): Blobs {
  const pathOf = (digest: string): string => {
    const hex = digest.slice("sha256:".length);
    return join(directory, "blobs", hex.slice(0, 2), hex);
  };
  return {
    read: async (digest) => {
      if (!isDigest(digest)) return undefined;
      const path = pathOf(digest);
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes === undefined) return undefined;
      if (digestOf(bytes) !== digest) {
        await rm(path, { force: true });
        return undefined;
      }
      await touch(path);
      return bytes;
    },
    put: async (bytes) => {
      const digest = digestOf(bytes);
      if (await writeWhole(directory, pathOf(digest), bytes)) await onWrite(bytes.length);
      return digest;
    },
  };
}

/** The digest of content. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Whether a text is a digest of the one kind that is used. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** Says that a file was used, so that others are removed before it. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}
