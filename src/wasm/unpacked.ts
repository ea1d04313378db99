import { createHash, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

/** A module that ships compressed, with the digest (SHA-256, hexadecimal) of its uncompressed bytes. */
export interface PackedModule {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
}

/**
 * The path of an uncompressed copy in `cacheDir`, which is made on first need, as decompression takes longer than
 * everything else at start. A copy that does not match its digest is made anew; several processes may do so at once.
 */
export async function unpackModule(packed: PackedModule, cacheDir: string): Promise<string> {
  const path = join(cacheDir, `${packed.name}-${packed.sha256.slice(0, 16)}.wasm`);
  const present = await readFile(path).catch(() => undefined);
  if (present !== undefined && digest(present) === packed.sha256) return path;
  const bytes = await promisify(brotliDecompress)(await readFile(packed.path));
  if (digest(bytes) !== packed.sha256) throw new Error(`${packed.path} is not the module its manifest describes`);
  try {
    await writeAtomically(path, bytes);
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

/** Writes a file so that a reader sees all of it or nothing, whoever else writes it. Makes its directory. */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
