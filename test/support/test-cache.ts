import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The cache of all tests: modules are unpacked once, and a policy set is compiled once in a run. A test of a cache itself
 * takes a directory of its own.
 */
export const TEST_CACHE = fileURLToPath(new URL("../../../node_modules/.cache/portcullis-tests", import.meta.url));

/** Forgets what was compiled, rendered or migrated by earlier runs: it must come from the code under test. */
export function forgetAnswers(): void {
  for (const part of ["compiled", "rendered", "database", "package"])
    rmSync(join(TEST_CACHE, part), { recursive: true, force: true });
}
