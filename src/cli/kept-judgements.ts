import { createHash } from "node:crypto";
import { join } from "node:path";
import type { CheckCache } from "../gate/judged-source.ts";
import { pruneDirectory } from "../wasm/prune.ts";
import { writeAtomically } from "../wasm/write-atomically.ts";
import { readSealed, sealed } from "./sealed-file.ts";

/** What runs in one directory found out, by content: the next run judges only what changed. */
export interface KeptJudgements {
  readonly cache: CheckCache;
  /** Writes what was added; never rejects: without it the next run only takes longer. */
  save(): Promise<void>;
}

const keptFiles = 64;
/** How much more than what this run used a file may hold of earlier runs, which may have had other policies. */
const spareBytes = 8 * 1024 * 1024;

/** The results of reading and planning that are worth a place on disk. Renderings have files of their own. */
const planningKinds = new Set([
  "mentioned",
  "objects",
  "chart-questions",
  "crds",
  "kustomization",
  "kustomize-plugin",
  "kustomize-charts",
  "step",
  "summary",
  "policy-warnings",
]);

type Entries = Map<string, unknown>;

/**
 * Opens what earlier runs kept of `subject`, which names a directory and the paths in it. `edition` tells builds of
 * Portcullis apart, since a result depends on the code too; undefined keeps nothing. Several processes may use one directory: the last to end
 * wins. A damaged file counts as none.
 */
export function openKeptJudgements(
  cacheDirectory: string,
  subject: readonly string[],
  edition: string | undefined,
): KeptJudgements | undefined {
  if (edition === undefined) return undefined;
  const name = createHash("sha256")
    .update([edition, process.version, ...subject].join("\0"))
    .digest("hex");
  const path = join(cacheDirectory, "judged", `${name}.bin`);
  const earlier = read(path);
  const used: Entries = new Map();
  let added = false;
  const section = (prefix: string) => ({
    get(key: string): unknown {
      const id = `${prefix}\0${key}`;
      const value = used.get(id) ?? earlier.get(id);
      if (value !== undefined) used.set(id, value);
      return value;
    },
    set(key: string, value: unknown): void {
      used.set(`${prefix}\0${key}`, value);
      added = true;
    },
  });
  const sources = section("source");
  const late = section("late");
  const planning = section("planning");
  const passing = new Map<string, unknown>();
  const kustomizations = section("kustomization");
  return {
    cache: {
      sources: sources as CheckCache["sources"],
      late: late as CheckCache["late"],
      kustomizations: kustomizations as CheckCache["kustomizations"],
      renderings: {
        get: (key) => (isKept(key) ? planning.get(key) : passing.get(key)),
        set: (key, value) => (isKept(key) ? planning.set(key, value) : void passing.set(key, value)),
      },
    },
    save: async () => {
      if (!added) return;
      await writeAtomically(path, encode(used, earlier)).catch(() => undefined);
      await pruneDirectory(join(path, ".."), keptFiles);
    },
  };
}

function isKept(key: string): boolean {
  return planningKinds.has(key.slice(0, key.indexOf("\0")));
}

function read(path: string): Entries {
  return (readSealed(path) as Entries | undefined) ?? new Map();
}

/** What this run used, and what earlier runs left, as far as there is room. */
function encode(used: Entries, earlier: Entries): Buffer {
  const own = sealed(used);
  if ([...earlier.keys()].every((key) => used.has(key))) return own;
  const both = sealed(new Map([...earlier, ...used]));
  return both.length - own.length > spareBytes ? own : both;
}
