import type { Change } from "../../model/change.ts";
import type { Question } from "../../model/judge.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { JudgedManifest, JudgedSource } from "../judged-source.ts";
import { gatherFacts, withFacts, type Facts } from "./facts.ts";
import { judgeOrigins, type Judges } from "./judge-origins.ts";
import { matchManifests } from "../match-manifests.ts";
import type { Origin, ReadOrigin } from "../reading.ts";

/** The judgement of a change. */
export interface JudgedChange {
  readonly changes: readonly Change[];
  readonly before: JudgedSide;
  readonly after: JudgedSide;
  /** What goes away, asked about as DELETE. */
  readonly deletions: readonly JudgedManifest[];
}

/** The changed origins of one tree. */
export interface JudgedSide {
  readonly origins: readonly (readonly [Origin, JudgedSource])[];
  /** What was read: the places of its values can still be asked for. */
  readonly readings: ReadonlyMap<Manifest, ReadOrigin & { readonly kind: "read" }>;
  /** What became of each manifest. */
  readonly judged: ReadonlyMap<JudgedManifest, Manifest>;
  /** Of the whole tree. */
  readonly facts: Facts;
}

/**
 * Judges the changed files and units of both trees: before as new, after as admission would see the change. `same` is
 * what both trees have; its facts apply too.
 */
export async function judgeChange(
  judges: Judges,
  same: readonly JudgedSource[],
  before: readonly ReadOrigin[],
  after: readonly ReadOrigin[],
): Promise<JudgedChange> {
  const changes = matchManifests(before.flatMap(manifestsOf), after.flatMap(manifestsOf));
  const changeOf = new Map<Manifest, Change>();
  for (const change of changes) if (change.kind !== "deleted") changeOf.set(change.after, change);
  const judgedBefore = await judgeSide(judges, same, before, created);
  const judgedAfter = await judgeSide(judges, same, after, (manifest) => questionOf(manifest, changeOf.get(manifest)));
  return {
    changes,
    before: judgedBefore,
    after: judgedAfter,
    deletions: judges.judge.readsChange ? await judgeDeletions(judges, before, changes) : [],
  };
}

/** Makes the question about a manifest as if it were new. */
export function created(manifest: Manifest): Question {
  return { manifest, operation: "CREATE" };
}

/** Whether the cluster would see an operation. A manifest that only moves in the tree is not one. */
export function isNews(change: Change): boolean {
  switch (change.kind) {
    case "created":
    case "updated":
    case "deleted":
      return true;
    case "moved":
      return !change.equal;
    case "unchanged":
      return false;
  }
}

function questionOf(manifest: Manifest, change: Change | undefined): Question {
  if (change === undefined || change.kind === "created" || change.kind === "deleted" || !isNews(change))
    return created(manifest);
  return { manifest, operation: "UPDATE", oldObject: change.before.value };
}

async function judgeSide(
  judges: Judges,
  same: readonly JudgedSource[],
  origins: readonly ReadOrigin[],
  ask: (manifest: Manifest) => Question,
): Promise<JudgedSide> {
  const outcomes = new Map<Origin, JudgedSource>();
  await judgeOrigins(judges, origins, ask, (of, judged) => outcomes.set(of, judged));
  const facts = gatherFacts([...same, ...outcomes.values()]);
  for (const origin of origins) {
    const judged = outcomes.get(origin.of);
    if (judged !== undefined)
      outcomes.set(origin.of, await withFacts(judges.builtins, judged, facts, () => Promise.resolve(origin)));
  }
  const readings = new Map<Manifest, ReadOrigin & { readonly kind: "read" }>();
  const judged = new Map<JudgedManifest, Manifest>();
  for (const origin of origins) {
    if (origin.kind === "done") continue;
    origin.reading.manifests.forEach((manifest, index) => {
      readings.set(manifest, origin);
      const outcome = outcomes.get(origin.of)?.manifests[index];
      if (outcome === undefined) throw new Error(`a manifest of ${manifest.position.path} was not judged`);
      judged.set(outcome, manifest);
    });
  }
  return { origins: [...outcomes], readings, judged, facts };
}

/** Judges deleted manifests, with the rules that read the operation. */
async function judgeDeletions(
  judges: Judges,
  before: readonly ReadOrigin[],
  changes: readonly Change[],
): Promise<readonly JudgedManifest[]> {
  const gone = new Set(changes.filter((change) => change.kind === "deleted").map(({ before: old }) => old));
  const origins = before.flatMap((origin): ReadOrigin[] => {
    if (origin.kind === "done") return [];
    const manifests = origin.reading.manifests.filter((manifest) => gone.has(manifest));
    if (manifests.length === 0) return [];
    return [{ ...origin, reading: { ...origin.reading, manifests, skipped: [], problems: [] } }];
  });
  const judged: JudgedManifest[] = [];
  const ask = (manifest: Manifest): Question => ({ manifest, operation: "DELETE", oldObject: manifest.value });
  await judgeOrigins(judges, origins, ask, (_, { manifests }) => judged.push(...manifests));
  return judged;
}

function manifestsOf(origin: ReadOrigin): readonly Manifest[] {
  return origin.kind === "read" ? origin.reading.manifests : [];
}
