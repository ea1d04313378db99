import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../src/store/open.ts";
import { makeOnce } from "./make-once.ts";
import { TEST_CACHE } from "./test-cache.ts";

/** Gives a new state directory the shared cache and a migrated database, which takes seconds to create from nothing. */
export async function prepareStateDirectory(stateDir: string): Promise<void> {
  mkdirSync(TEST_CACHE, { recursive: true });
  symlinkSync(TEST_CACHE, join(stateDir, "compiled"), "junction");
  cpSync(join(await migratedDatabase(), "store"), join(stateDir, "store"), { recursive: true });
}

function migratedDatabase(): Promise<string> {
  return makeOnce(join(TEST_CACHE, "database"), async (draft) => {
    const store = await openStore({ stateDir: draft }, (error) => {
      throw error;
    });
    await store.close(0);
  });
}
