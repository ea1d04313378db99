#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import type { runAsProcess } from "./process.ts";

// The entry point of the built command, from which the build makes main.cjs. It runs every command from one bundled
// file and caches the code that V8 compiled from it, since loading 150 modules takes longer than judging a hundred
// manifests.

const keptFiles = 24;
const digestLength = 32;
const commands = ["check", "test", "fmt"];

type Import = (path: string) => Promise<unknown>;
type Bundle = (module: object, require: (id: string) => unknown, path: string, importOutside: Import) => void;

await start(join(import.meta.dirname, "portcullis.cjs"));

async function start(path: string): Promise<void> {
  if (process.argv[2] === "--version" || process.argv[2] === "-V") {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8")) as {
      readonly version: string;
    };
    process.stdout.write(`${version}\n`);
    return;
  }
  const source = readFileSync(path, "latin1");
  const kept = keptPath(source);
  const code = read(kept);
  // The build wraps the bundle in a function, so that no second copy of it is made here.
  const script = new Script(source, {
    filename: path,
    ...(code === undefined ? {} : { cachedData: code }),
  });
  const bundle = script.runInThisContext() as Bundle;
  const module = {} as { readonly exports: { readonly runAsProcess: typeof runAsProcess } };
  // A script that runs from cached code cannot import by itself.
  bundle(
    module,
    (id) => process.getBuiltinModule(id),
    path,
    // oxlint-disable-next-line layers/allow-list -- what it imports, the bundle was made from: modules that lint has seen
    (outside) => import(outside),
  );
  await module.exports.runAsProcess();
  // V8 rejects cached code from another version of V8 or of the file.
  if (code === undefined || script.cachedDataRejected === true) await keep(kept, script.createCachedData());
}

/**
 * The path of the cached code. It depends on the command, since each compiles other functions, and on the digest in the
 * first line of the bundle.
 */
function keptPath(source: string): string {
  const digest = /^\/\/ ([0-9a-f]{64})\n/.exec(source)?.[1] ?? "";
  const command = commands.find((name) => name === process.argv[2]) ?? "other";
  const name = `${digest}-${process.version}-${process.arch}-${command}.bin`;
  return join(defaultCacheDirectory(), "code", name);
}

/** V8 does not validate cached code: damaged code would crash the process. */
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
  // Loading it takes longer than some commands run.
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(code).digest();
}

async function keep(path: string, code: Buffer): Promise<void> {
  const [{ writeAtomically }, { pruneDirectory }] = await Promise.all([
    import("../wasm/write-atomically.ts"),
    import("../wasm/prune.ts"),
  ]);
  await writeAtomically(path, Buffer.concat([digestOf(code), code])).catch(() => undefined);
  await pruneDirectory(join(path, ".."), keptFiles);
}
