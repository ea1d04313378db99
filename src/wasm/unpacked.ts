import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { pruneDirectory } from "./prune.ts";
import { writeAtomically } from "./write-atomically.ts";

/** A module that ships compressed, with the digest (SHA-256, hexadecimal) of its uncompressed bytes. */
export interface PackedModule {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
}

/** Copies that stay: a few modules in this version and the one before. */
const versionsKept = 6;

/**
 * The path of an uncompressed copy in `cacheDir`, which is made on first need, as decompression takes longer than
 * everything else at start. A copy that does not match its digest is made anew; several processes may do so at once.
 */
export async function unpackModule(packed: PackedModule, cacheDir: string): Promise<string> {
  const directory = join(cacheDir, "modules");
  const path = join(directory, `${packed.name}-${packed.sha256.slice(0, 16)}.wasm`);
  const present = await readFile(path).catch(() => undefined);
  if (present !== undefined && digest(present) === packed.sha256) return path;
  const bytes = await promisify(brotliDecompress)(await readFile(packed.path));
  if (digest(bytes) !== packed.sha256) throw new Error(`${packed.path} is not the module its manifest describes`);
  try {
    await writeAtomically(path, bytes);
    await pruneDirectory(directory, versionsKept);
    return path;
  } catch {
    return keepForThisProcess(`${packed.name}.wasm`, bytes);
  }
}

// A cache that cannot be written must not stop the work. The directory is new and ours alone, and goes with the process.
async function keepForThisProcess(name: string, bytes: Uint8Array): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "portcullis-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, name);
  await writeFile(path, bytes);
  return path;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
