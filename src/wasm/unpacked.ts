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

/** The number of copies that are kept: a few modules of this version and the previous one. */
const versionsKept = 6;

/**
 * Returns the path of an uncompressed copy in `cacheDir`, which is created when it is first needed: decompression takes
 * longer than the rest of a start. A copy that does not match its digest is replaced. Safe with several processes.
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

// A cache that cannot be written must not stop the work. The directory is new, private, and deleted with the process.
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
