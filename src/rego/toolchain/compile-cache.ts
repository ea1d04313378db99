import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeFrame, encodeFrame } from "../../wasm/frame.ts";
import { precompiledDirectory } from "../../wasm/shipped-module.ts";
import type { CompileAnswer, CompileRequest } from "./protocol.ts";

/** Increased when the meaning of an answer changes without a change of the toolchain. */
export const compileFormat = 9;
const memoryEntries = 16;
const diskEntries = 64;

/** Compiled policy sets by key, in memory and below a directory. Safe with several processes. */
export interface CompileCache {
  get(key: string): Promise<CompileAnswer | undefined>;
  /** Never rejects: a cache that cannot be written only costs time. */
  put(key: string, answer: CompileAnswer): Promise<void>;
}

/** The digest of everything that an answer depends on: sources without tests, options and the toolchain. */
export function compileKey(request: CompileRequest, toolchain: string): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([compileFormat, toolchain, request.namespaces ?? null]));
  for (const { path, text, regoVersion } of request.modules.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(JSON.stringify([path, regoVersion, text]));
  }
  return hash.digest("hex");
}

/** Compiled policy sets as they are stored, by key. */
export type CompiledEntries = ReadonlyMap<string, Uint8Array>;

/**
 * Opens the cache below a directory. What it lacks may have been compiled when the package was made (`shipped`). What is
 * `given` is used before either, and is never stored.
 */
export function createCompileCache(
  directory: string,
  shipped: string = precompiledDirectory(),
  given: CompiledEntries = new Map(),
): CompileCache {
  const recent = new Map<string, CompileAnswer>();
  const remember = (key: string, answer: CompileAnswer) => {
    recent.delete(key);
    recent.set(key, answer);
    const oldest = recent.keys().next();
    if (recent.size > memoryEntries && oldest.done !== true) recent.delete(oldest.value);
    return answer;
  };
  const pathOf = (key: string) => join(directory, "compiled", `${key}.bin`);
  return {
    async get(key) {
      const known = recent.get(key);
      if (known !== undefined) return remember(key, known);
      const own = given.get(key);
      const ofOwn = own === undefined ? undefined : decodeEntry(key, Buffer.from(own));
      if (ofOwn !== undefined) return remember(key, ofOwn);
      for (const path of [pathOf(key), join(shipped, `${key}.bin`)]) {
        const bytes = readIfThere(path);
        const answer = bytes === undefined ? undefined : decodeEntry(key, bytes);
        if (answer !== undefined) return remember(key, answer);
      }
      return undefined;
    },
    async put(key, answer) {
      remember(key, answer);
      const [{ writeAtomically }, { pruneDirectory }] = await Promise.all([
        import("../../wasm/write-atomically.ts"),
        import("../../wasm/prune.ts"),
      ]);
      await writeAtomically(pathOf(key), encodeEntry(key, answer)).catch(() => undefined);
      await pruneDirectory(join(directory, "compiled"), diskEntries);
    },
  };
}

/** Without a thread pool, whose start takes longer than the reading. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

const digestLength = 32;

// The digest covers the key too, so that an entry under the wrong name counts as damaged.
function digest(key: string, body: Uint8Array): Buffer {
  return createHash("sha256").update(key).update(body).digest();
}

/** An answer as it is stored under its key. */
export function encodeEntry(key: string, answer: CompileAnswer): Uint8Array {
  const { wasm, ...header } = answer;
  const body = encodeFrame(JSON.stringify({ ...header, hasWasm: wasm !== undefined }), wasm);
  return Buffer.concat([digest(key, body), body]);
}

function decodeEntry(key: string, bytes: Buffer): CompileAnswer | undefined {
  const body = bytes.subarray(digestLength);
  if (!digest(key, body).equals(bytes.subarray(0, digestLength))) return undefined;
  const { header, blob } = decodeFrame(body);
  const { hasWasm, ...answer } = header as CompileAnswer & { readonly hasWasm: boolean };
  return hasWasm ? { ...answer, wasm: blob } : answer;
}
