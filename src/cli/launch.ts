#!/usr/bin/env node
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import type { runAsProcess } from "./process.ts";

// What the built command starts with: the build makes main.cjs of this. It runs all commands from one file, and keeps
// between runs what V8 made of that file, since loading 150 modules takes longer than judging a hundred manifests.

const keptFiles = 24;
const digestLength = 32;
const commands = ["check", "test", "fmt"];

type Import = (path: string) => Promise<unknown>;
type Bundle = (module: object, require: (id: string) => unknown, path: string, importOutside: Import) => void;

await start(join(import.meta.dirname, "portcullis.cjs"));

async function start(path: string): Promise<void> {
  const source = readFileSync(path, "latin1");
  const kept = keptPath(source);
  const code = read(kept);
  const script = new Script(`(function (module, require, __filename, importOutside) {${source}\n})`, {
    filename: path,
    ...(code === undefined ? {} : { cachedData: code }),
  });
  const bundle = script.runInThisContext() as Bundle;
  const module = {} as { readonly exports: { readonly runAsProcess: typeof runAsProcess } };
  // A script that comes out of kept code cannot import by itself.
  bundle(
    module,
    (id) => process.getBuiltinModule(id),
    path,
    // oxlint-disable-next-line layers/allow-list -- what it imports, the bundle was made from: modules that lint has seen
    (outside) => import(outside),
  );
  await module.exports.runAsProcess();
  // V8 refuses what another version of it made, or of another file.
  if (code === undefined || script.cachedDataRejected === true) await keep(kept, script.createCachedData());
}

/** Each command compiles other functions. The bundle's first line says its digest. */
function keptPath(source: string): string {
  const digest = /^\/\/ ([0-9a-f]{64})\n/.exec(source)?.[1] ?? "";
  const command = commands.find((name) => name === process.argv[2]) ?? "other";
  const name = `${digest}-${process.version}-${process.arch}-${command}.bin`;
  return join(defaultCacheDirectory(), "code", name);
}

/** V8 trusts what it is given: damaged code would crash the process. */
function read(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    const code = bytes.subarray(digestLength);
    return digestOf(code).equals(bytes.subarray(0, digestLength)) ? code : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(code: Buffer): Buffer {
  return createHash("sha256").update(code).digest();
}

async function keep(path: string, code: Buffer): Promise<void> {
  const [{ writeAtomically }, { pruneDirectory }] = await Promise.all([
    import("../wasm/write-atomically.ts"),
    import("../wasm/prune.ts"),
  ]);
  await writeAtomically(path, Buffer.concat([digestOf(code), code])).catch(() => undefined);
  await pruneDirectory(join(path, ".."), keptFiles);
}
