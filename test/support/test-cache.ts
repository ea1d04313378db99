import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { makeOnce } from "./make-once.ts";

/**
 * The cache of all tests: modules are unpacked once, and a policy set is compiled once in a run. A test of a cache itself
 * takes a directory of its own.
 */
export const TEST_CACHE = fileURLToPath(new URL("../../../node_modules/.cache/portcullis-tests", import.meta.url));

const PACKAGE = new URL("../../../package.json", import.meta.url);

/** Forgets what was compiled or rendered by earlier runs: it must come from the code under test. */
export function forgetAnswers(): void {
  for (const part of ["compiled", "rendered"]) rmSync(join(TEST_CACHE, part), { recursive: true, force: true });
}

/** Gives a new state directory the shared cache and an empty database, which takes seconds to create from nothing. */
export async function prepareStateDirectory(stateDir: string): Promise<void> {
  mkdirSync(TEST_CACHE, { recursive: true });
  symlinkSync(TEST_CACHE, join(stateDir, "compiled"), "junction");
  cpSync(await emptyDatabase(), join(stateDir, "store"), { recursive: true });
}

async function emptyDatabase(): Promise<string> {
  const { dependencies } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { dependencies: { [name: string]: string } };
  return makeOnce(join(TEST_CACHE, `empty-database-${dependencies["@electric-sql/pglite"]}`), async (draft) => {
    await (await PGlite.create(draft)).close();
  });
}
