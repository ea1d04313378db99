import type { Judge } from "../../model/judge.ts";
import type { Problem } from "../../model/problem.ts";
import type { Tree } from "../../model/tree.ts";
import type { ScopedFile, Target } from "../../render/files/role.ts";
import type { Unit } from "../../render/unit.ts";
import type { CheckCache, JudgedSource } from "../judged-source.ts";
import { contentKey, unitKey } from "../compare-origins.ts";
import { created } from "./judge-change.ts";
import { isWorthSharing, judgeApart, type JudgingThreads } from "./judge-apart.ts";
import { shareJudge } from "./judge-share.ts";
import { judgeOrigins, type Judges } from "./judge-origins.ts";
import { isUnit, targetsOf, type Landing, type Origin, type ReadOrigin } from "../reading.ts";
import { readFiles, readUnits } from "./read-origins.ts";

/** What judging files and units as new needs: without relation to another tree. */
export interface AsNewContext {
  readonly tree: Tree;
  readonly judges: Judges;
  /** For units: much of what they yield is asked about more than once. */
  readonly judgeOnce: Judge;
  readonly landing: Landing;
  /** Absent: every file is judged in this thread. */
  readonly threads: JudgingThreads | undefined;
  readonly now: string;
  readonly cache: CheckCache | undefined;
  /** Told how many manifests an origin yields, before these are judged; what it throws ends the judgement. */
  readonly onRead: (of: Origin, manifests: number) => void;
  readonly onJudged: (done: number) => void;
}

export type JudgedOrigins<Of extends Origin> = readonly (readonly [Of, JudgedSource])[];

/** Judges each file and unit as if it were new; known ones come from the cache. Results are in no particular order. */
export async function judgeAsNew(
  context: AsNewContext,
  files: readonly ScopedFile[],
  units: readonly Unit[],
): Promise<JudgedOrigins<Origin>> {
  const { tree, judges, judgeOnce, landing } = context;
  const keyOfFile = (file: ScopedFile): string =>
    [file.entry.path, contentKey(file), targetsKey(targetsOf(file, landing), landing)].join("\0");
  const judgedFiles = await judgeAll(context, files, keyOfFile, async (unknown, onRead, hand) => {
    const left = await shareOut(context, unknown, onRead, hand);
    await judgeOrigins(judges, counted(readFiles(tree, left, landing), onRead), created, hand);
  });
  const onUnits = { ...judges, judge: judgeOnce };
  const judgedUnits = await judgeAll(context, units, unitKey, (unknown, onRead, hand) =>
    judgeOrigins(onUnits, counted(readUnits(unknown), onRead), created, hand),
  );
  return [...judgedFiles, ...judgedUnits];
}

/** Whether an object takes the namespace of its target depends on CRDs of the tree. */
function targetsKey(targets: readonly Target[], { scopes }: Landing): string {
  const isNamespaced = targets.some(({ namespace }) => namespace !== undefined);
  return JSON.stringify(isNamespaced ? [targets, scopes] : targets);
}

/** Reads a file or unit again, for the places of its values. */
export async function readAgain({ tree, landing }: AsNewContext, of: Origin): Promise<ReadOrigin> {
  const readings: AsyncIterable<ReadOrigin> = isUnit(of) ? readUnits([of]) : readFiles(tree, [of], landing);
  for await (const reading of readings) return reading;
  throw new Error("an origin was not read");
}

/** The stages whose failures may be temporary, so that what has one is not cached. */
const passing: ReadonlySet<Problem["stage"]> = new Set(["read", "render", "evaluate"]);

/** Judges the files that threads can; returns the others. */
async function shareOut(
  { tree, judges: { judge, builtins }, landing, threads }: AsNewContext,
  files: readonly ScopedFile[],
  onRead: OnRead<ScopedFile>,
  hand: Hand<ScopedFile>,
): Promise<readonly ScopedFile[]> {
  if (threads === undefined || judge.apart === undefined || !isWorthSharing(files.length)) return files;
  const here = shareJudge({ judge: judge.apart(), builtins });
  return judgeApart({ tree, landing, threads, here, onRead }, files, hand);
}

type OnRead<Of> = (of: Of, manifests: number) => void;
type Hand<Of> = (of: Of, judged: JudgedSource) => void;

async function judgeAll<Of extends Origin>(
  { judges: { judge, builtins }, now, cache, onRead, onJudged }: AsNewContext,
  origins: readonly Of[],
  nameOf: (of: Of) => string,
  judgeUnknown: (unknown: readonly Of[], onRead: OnRead<Of>, hand: Hand<Of>) => Promise<void>,
): Promise<JudgedOrigins<Of>> {
  const outcomes: (readonly [Of, JudgedSource])[] = [];
  const asked = JSON.stringify([
    judge.digest,
    judge.readsTime === false ? null : now,
    builtins.map(({ digest }) => digest),
  ]);
  const keyOf = (of: Of): string => `${asked}\0${isUnit(of) ? "unit" : "file"}\0${nameOf(of)}`;
  const unknown = origins.filter((of) => {
    const known = cache?.sources.get(keyOf(of));
    if (known !== undefined) {
      onRead(of, known.manifests.length);
      outcomes.push([of, known]);
    }
    return known === undefined;
  });
  const seen = new Set<Of>();
  const readOnce = (of: Of, manifests: number): void => {
    if (!seen.has(of)) onRead(of, manifests);
    seen.add(of);
  };
  await judgeUnknown(unknown, readOnce, (of, judged) => {
    outcomes.push([of, judged]);
    const lasting = judged.problems.every(({ stage }) => !passing.has(stage));
    if (lasting) cache?.sources.set(keyOf(of), judged);
    onJudged(outcomes.length);
  });
  return outcomes;
}

async function* counted<Of extends Origin>(
  origins: AsyncIterable<ReadOrigin<Of>>,
  onRead: OnRead<Of>,
): AsyncGenerator<ReadOrigin<Of>> {
  for await (const origin of origins) {
    onRead(origin.of, origin.kind === "read" ? origin.reading.manifests.length : 0);
    yield origin;
  }
}
