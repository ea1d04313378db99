import type { Change } from "../../model/change.ts";
import type { Question } from "../../model/judge.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { SourceNode } from "../../model/source.ts";
import type { DesiredState } from "../../render/desired-state.ts";
import { compareOrigins } from "../compare-origins.ts";
import type { JudgedManifest, JudgedSource, NotApplied } from "../judged-source.ts";
import { matchStates, type MatchedStates } from "../match-states.ts";
import type { Origin, ReadManifests, ReadOrigin } from "../reading.ts";
import { sourcesById, type States } from "../states.ts";
import { gatherFacts, sameFacts, type Facts } from "./facts.ts";
import { judgeOnce, keepReadings, type Judging, type KeptReadings, type Results } from "./judge-once.ts";
import { created, judgeOrigins } from "./judge-origins.ts";
import { settle } from "./settle.ts";

/** A change, judged; or one tree, which then is the tree after, and all of it is `unchanged`. */
export interface JudgedStates extends MatchedStates {
  readonly before: JudgedState;
  readonly after: JudgedState;
  readonly isChange: boolean;
  /** The origins that both trees have alike. */
  readonly unchanged: readonly Origin[];
  /** What the change brings or alters. */
  readonly touched: ReadonlySet<Origin>;
  /** What goes away, asked about as DELETE. */
  readonly deletions: readonly JudgedManifest[];
}

/** One tree, judged; empty where there is none. */
export interface JudgedState {
  readonly state: DesiredState;
  /** By id. */
  readonly sources: ReadonlyMap<string, SourceNode>;
  /** Of every file in scope and every unit, unchanged ones first. Of these, both sides have one result, unless facts about it differ. */
  readonly results: Results;
  readonly facts: Facts;
  /** What its sources yield and their tools neither apply nor delete. */
  readonly notApplied: readonly NotApplied[];
  /** What the manifests of changed origins were read from: the places of their values can still be asked for. */
  readonly readings: ReadonlyMap<Manifest, ReadManifests>;
  /** What became of each of these manifests. */
  readonly judged: ReadonlyMap<JudgedManifest, Manifest>;
}

/** Judges each content of the trees once and as if it were new, but what the change updates or deletes as admission would see it. */
export async function judgeStates(judging: Judging, states: States): Promise<JudgedStates> {
  const { unchanged, before, after } = compareOrigins(states);
  // What the change does not touch counts only towards its time.
  const uncounted = { ...judging, onRead: (of: Origin) => judging.onRead(of, 0) };
  const same = await judgeOnce(states.isChange ? uncounted : judging, unchanged);
  const kept = {
    before: await keepReadings(judging, "before", before),
    after: await keepReadings(judging, "after", after),
  };
  const matched = matchStates(states, { before: [...kept.before.values()], after: [...kept.after.values()] });
  const ask = (manifest: Manifest): Question => questionOf(manifest, matched.changeOf.get(manifest));
  const old = await judgeOnce(judging, before, { kept: kept.before });
  const now = await judgeOnce(judging, after, { kept: kept.after, ask });

  const results = {
    before: new Map(states.isChange ? [...same, ...old] : []),
    after: new Map([...same, ...now]),
  };
  const facts = {
    before: gatherFacts(results.before),
    after: gatherFacts(results.after, states.isChange ? results.before : undefined),
  };
  const settledAfter = await settle(judging, results.after, { facts: facts.after, kept: kept.after, ask });
  const settledBefore = await settle(judging, results.before, {
    facts: facts.before,
    kept: kept.before,
    ask: created,
    settledAs: (of, judged) =>
      same.has(of) && sameFacts(judged, facts.before, facts.after) ? settledAfter.get(of) : undefined,
  });
  const sideOf = (side: "before" | "after", settled: Results): JudgedState => ({
    state: states[side],
    sources: sourcesById(states[side]),
    results: settled,
    facts: facts[side],
    notApplied: [...settled.values()].flatMap(({ notApplied = [] }) => notApplied),
    ...manifestsOf(settled, kept[side]),
  });
  return {
    ...matched,
    isChange: states.isChange,
    unchanged,
    touched: new Set(after),
    before: sideOf("before", settledBefore),
    after: sideOf("after", settledAfter),
    deletions: judging.judges.judge.readsChange
      ? await judgeDeletions(judging, kept.before, matched.changes, facts.after)
      : [],
  };
}

function questionOf(manifest: Manifest, change: Change | undefined): Question {
  const isUpdate = change?.kind === "updated" || (change?.kind === "moved" && !change.equal);
  return isUpdate ? { manifest, operation: "UPDATE", oldObject: change.before.value } : created(manifest);
}

function manifestsOf(results: Results, kept: KeptReadings): Pick<JudgedState, "readings" | "judged"> {
  const readings = new Map<Manifest, ReadManifests>();
  const judged = new Map<JudgedManifest, Manifest>();
  for (const [of, { manifests }] of results) {
    const origin = kept.get(of);
    if (origin?.kind !== "read") continue;
    for (const [index, manifest] of origin.reading.manifests.entries()) {
      const outcome = manifests[index];
      if (outcome === undefined) throw new Error(`a manifest of ${manifest.position.path} was not judged`);
      readings.set(manifest, origin);
      judged.set(outcome, manifest);
    }
  }
  return { readings, judged };
}

/** Judges deleted manifests, with the rules that read the operation. What else is there is what the change leaves. */
async function judgeDeletions(
  judging: Judging,
  before: KeptReadings,
  changes: readonly Change[],
  facts: Facts,
): Promise<readonly JudgedManifest[]> {
  const gone = new Set(changes.filter((change) => change.kind === "deleted").map(({ before: old }) => old));
  const origins = [...before.values()].flatMap((origin): ReadOrigin[] => {
    if (origin.kind === "done") return [];
    const manifests = origin.reading.manifests.filter((manifest) => gone.has(manifest));
    if (manifests.length === 0) return [];
    return [{ ...origin, reading: { ...origin.reading, manifests, skipped: [], problems: [] } }];
  });
  const judged = new Map<Origin, JudgedSource>();
  const ask = (manifest: Manifest): Question => ({ manifest, operation: "DELETE", oldObject: manifest.value });
  await judgeOrigins(judging.judges, origins, ask, (of, one) => judged.set(of, one));
  const kept = new Map(origins.map((origin) => [origin.of, origin]));
  const settled = await settle({ ...judging, cache: undefined }, judged, { facts, kept, ask });
  return [...settled.values()].flatMap(({ manifests }) => manifests);
}
