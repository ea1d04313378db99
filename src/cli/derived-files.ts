import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Derived } from "../model/derived.ts";
import { pruneDirectory } from "../wasm/prune.ts";
import { writeAtomically } from "../wasm/write-atomically.ts";
import { readSealed, sealed } from "./sealed-file.ts";

/** What runs derived from policy sets, in files below the cache directory. */
export interface DerivedFiles extends Derived {
  /** What this run asked for or added, by key. */
  readonly known: ReadonlyMap<string, unknown>;
  /** Writes what was added; never rejects: without it the next run only takes longer. */
  save(): Promise<void>;
}

const keptFiles = 256;

/** Opens what runs of one build derived; undefined for `edition` keeps nothing. */
export function openDerivedFiles(cacheDirectory: string, edition: string | undefined): DerivedFiles {
  const directory = join(cacheDirectory, "derived");
  const known = new Map<string, unknown>();
  const added = new Set<string>();
  const pathOf = (key: string): string =>
    join(directory, `${createHash("sha256").update([edition, process.version, key].join("\0")).digest("hex")}.bin`);
  return {
    known,
    get: (key) => {
      if (known.has(key)) return known.get(key);
      const value = edition === undefined ? undefined : readSealed(pathOf(key));
      if (value !== undefined) known.set(key, value);
      return value;
    },
    set: (key, value) => {
      known.set(key, value);
      added.add(key);
    },
    save: async () => {
      if (edition === undefined || added.size === 0) return;
      for (const key of added) await writeAtomically(pathOf(key), sealed(known.get(key))).catch(() => undefined);
      await pruneDirectory(directory, keptFiles);
    },
  };
}
