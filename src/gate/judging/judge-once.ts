import { toJsonText } from "../../manifest/json-text.ts";
import { sha256 } from "../../manifest/sha256.ts";
import type { Question } from "../../model/judge.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import type { Tree } from "../../model/tree.ts";
import { originKey } from "../compare-origins.ts";
import type { CheckCache, JudgedSource } from "../judged-source.ts";
import { isUnit, targetsOf, type Landing, type Origin, type ReadOrigin } from "../reading.ts";
import { created, judgeOrigins, type Judges } from "./judge-origins.ts";
import { isFile, readOrigins } from "./read-origins.ts";
import { shareJudge } from "./judge-share.ts";
import { isWorthSharing, judgeApart, type JudgingThreads } from "./judge-apart.ts";

/** What judging origins needs. */
export interface Judging {
  readonly trees: { readonly before?: Tree; readonly after: Tree };
  readonly judges: Judges;
  readonly landing: Landing;
  /** Absent: every file is judged in this thread. */
  readonly threads: JudgingThreads | undefined;
  readonly now: string;
  readonly cache: CheckCache | undefined;
  /** Told how many manifests an origin yields, before these are judged; what it throws ends the judgement. */
  readonly onRead: (of: Origin, manifests: number) => void;
  readonly onJudged: (of: Origin) => void;
}

/** What was read of one tree and is kept, since it is matched with the other. */
export type KeptReadings = ReadonlyMap<Origin, ReadOrigin>;

/** Results by origin, in the order of the origins. */
export type Results = ReadonlyMap<Origin, JudgedSource>;

/**
 * Judges each origin, unless the cache has the result for its key: a digest of all that the result depends on. What is not
 * `kept` is read from the tree after, and only where the result is not known.
 */
export async function judgeOnce(
  judging: Judging,
  origins: readonly Origin[],
  { kept, ask = created }: { readonly kept?: KeptReadings; readonly ask?: (manifest: Manifest) => Question } = {},
): Promise<Results> {
  const { cache, judges, onRead, onJudged } = judging;
  const judgedAs = judgedKey(judging);
  const keyOf = (of: Origin): string => `${judgedAs(of)}\0${oldObjectsKey(kept?.get(of), ask)}`;
  const results = new Map<Origin, JudgedSource | undefined>();
  for (const of of origins) {
    const known = cache?.sources.get(keyOf(of));
    results.set(of, known);
    if (known === undefined) continue;
    if (kept === undefined) onRead(of, known.manifests.length);
    onJudged(of);
  }
  const unknown = origins.filter((of) => results.get(of) === undefined);
  const hand = (of: Origin, judged: JudgedSource): void => {
    results.set(of, judged);
    if (isLasting(judged.problems, judged.transient)) cache?.sources.set(keyOf(of), withoutContent(judged));
    onJudged(of);
  };
  if (kept === undefined) await judgeUnread(judging, unknown, hand);
  else {
    const readings = unknown.map((of) => one(kept.get(of)));
    await judgeOrigins(judges, readings, ask, hand);
  }
  return new Map([...results].map(([of, judged]) => [of, one(judged)]));
}

/** Judges origins of the tree after that are not read yet: files in shares where threads can, the rest one after the other. */
async function judgeUnread(
  judging: Judging,
  origins: readonly Origin[],
  hand: (of: Origin, judged: JudgedSource) => void,
): Promise<void> {
  const { trees, judges, landing, threads } = judging;
  const counted = new Set<Origin>();
  const onRead = (of: Origin, manifests: number): void => {
    if (!counted.has(of)) judging.onRead(of, manifests);
    counted.add(of);
  };
  let left = origins;
  const files = origins.filter(isFile);
  if (threads !== undefined && judges.judge.apart !== undefined && isWorthSharing(files.length)) {
    const here = shareJudge({ ...judges, judge: judges.judge.apart() });
    const others = await judgeApart({ tree: trees.after, landing, threads, here, onRead }, files, hand);
    left = [...others, ...origins.filter(isUnit)];
  }
  await judgeOrigins(judges, readCounted({ ...judging, onRead }, "after", left), created, hand);
}

/** Reads origins of one tree and keeps what they hold. */
export async function keepReadings(
  judging: Judging,
  side: "before" | "after",
  origins: readonly Origin[],
): Promise<KeptReadings> {
  const kept = new Map<Origin, ReadOrigin>();
  for await (const reading of readCounted(judging, side, origins)) kept.set(reading.of, reading);
  return kept;
}

/** Reads an origin of the tree after again, for the places of its values. */
export async function readAgain({ trees, landing }: Judging, of: Origin): Promise<ReadOrigin> {
  for await (const reading of readOrigins(trees.after, [of], landing)) return reading;
  throw new Error("an origin was not read");
}

async function* readCounted(
  { trees, landing, onRead }: Judging,
  side: "before" | "after",
  origins: readonly Origin[],
): AsyncGenerator<ReadOrigin> {
  if (origins.length === 0) return;
  for await (const origin of readOrigins(one(trees[side]), origins, landing)) {
    onRead(origin.of, origin.kind === "read" ? origin.reading.manifests.length : 0);
    yield origin;
  }
}

/** What is waiting for facts is read again where they are not what they were. */
function withoutContent(judged: JudgedSource): JudgedSource {
  if (judged.manifests.every(({ manifest }) => manifest === undefined)) return judged;
  return {
    ...judged,
    manifests: judged.manifests.map((one) => {
      const { manifest: _, ...rest } = one;
      return rest;
    }),
  };
}

/** Makes the function that gives the key of an origin: all that judging it as new depends on. */
export function judgedKey(judging: Judging): (of: Origin) => string {
  const asked = askedKey(judging);
  return (of) => [asked, originKey(of), targetsKey(of, judging)].join("\0");
}

/** Whether a result is the same next time: some stages may fail for a while only. */
export function isLasting(problems: readonly Problem[], transient: true | undefined): boolean {
  return transient !== true && problems.every(({ stage }) => !passing.has(stage));
}

const passing: ReadonlySet<Problem["stage"]> = new Set(["read", "render", "evaluate"]);

/** What asks: policies and built-in checks, and the time where policies read it. */
function askedKey({ judges: { judge, builtins }, now }: Judging): string {
  return JSON.stringify([judge.digest, judge.readsTime === false ? null : now, builtins.map(({ digest }) => digest)]);
}

/** Where a file lands. Whether an object takes the namespace of its target depends on CRDs of the tree. */
function targetsKey(of: Origin, { landing }: Judging): string {
  if (isUnit(of)) return "";
  const targets = targetsOf(of, landing);
  const isNamespaced = targets.some(({ namespace }) => namespace !== undefined);
  return JSON.stringify(isNamespaced ? [targets, landing.scopes] : targets);
}

/** What the manifests of an origin were, as far as questions tell it; empty where all are asked about as new. */
export function oldObjectsKey(read: ReadOrigin | undefined, ask: (manifest: Manifest) => Question): string {
  if (read?.kind !== "read") return "";
  const questions = read.reading.manifests.map(ask);
  if (questions.every(({ operation }) => operation === "CREATE")) return "";
  return sha256(toJsonText(questions.map(({ operation, oldObject = null }) => [operation, oldObject])));
}

function one<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new Error("an origin was not judged");
  return item;
}
