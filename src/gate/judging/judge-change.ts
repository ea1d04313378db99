import type { Change } from "../../model/change.ts";
import type { Question } from "../../model/judge.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { JudgedManifest, JudgedSource } from "../judged-source.ts";
import { gatherFacts, withFacts, type Facts } from "./facts.ts";
import { judgeOrigins, type Judges } from "./judge-origins.ts";
import { identityKey } from "../fingerprint.ts";
import { matchManifests, yielderOf } from "../match-manifests.ts";
import type { Origin, ReadOrigin } from "../reading.ts";
import { sourcesById, type States } from "../states.ts";
import { unknownYielders } from "../unknown-yielders.ts";
import type { SourceNode } from "../../model/source.ts";

/** The judgement of a change. */
export interface JudgedChange {
  /** Every changed manifest of either tree, but those carried over. */
  readonly matched: readonly Change[];
  /** What the change does to the desired state; nothing that one of the trees does not tell. */
  readonly changes: readonly Change[];
  /** What the plan of the tree before makes of the tree after, beside that tree's own plan; none is `deleted`. */
  readonly carriedOver: readonly Change[];
  /** See `unknownYielders`, of the tree after. */
  readonly unknown: ReadonlySet<string>;
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

/** The changed origins of both trees, and what belongs to both. */
export interface ReadChange {
  readonly states: States;
  /** What both trees have, whose facts hold here too. */
  readonly same: readonly JudgedSource[];
  readonly before: readonly ReadOrigin[];
  readonly after: readonly ReadOrigin[];
}

/** Judges the changed files and units of both trees: before as if new, after as admission would see the change. */
export async function judgeChange(judges: Judges, { states, same, before, after }: ReadChange): Promise<JudgedChange> {
  const sources = { before: sourcesById(states.before), after: sourcesById(states.after) };
  const files = new Set(states.after.files.flatMap(({ entry, carriedOver }) => (carriedOver ? [entry.path] : [])));
  const isCarriedOver = ({ source, position }: Manifest): boolean =>
    source === undefined ? files.has(position.path) : sources.after.get(source)?.carriedOver === true;
  const [old, now] = [before.flatMap(manifestsOf), after.flatMap(manifestsOf)];
  const appliers = { before: applied(sources.before), after: applied(sources.after) };
  const unknown = {
    before: unknownYielders(states.before, before, states.after),
    after: unknownYielders(states.after, after, states.before),
  };
  const matched = matchManifests(
    old,
    now.filter((manifest) => !isCarriedOver(manifest)),
    appliers,
  );
  const carriedOver = matchManifests(old, now.filter(isCarriedOver), appliers).filter(({ kind }) => kind !== "deleted");
  const changeOf = new Map<Manifest, Change>();
  for (const change of [...matched, ...carriedOver]) if (change.kind !== "deleted") changeOf.set(change.after, change);
  const judgedBefore = await judgeSide(judges, same, before, created);
  const judgedAfter = await judgeSide(judges, same, after, (manifest) => questionOf(manifest, changeOf.get(manifest)));
  const there = { before: namesOf(old), after: namesOf(now) };
  const changes = matched.filter((change) => isKnown(change, unknown) && !isOtherRendering(change, there));
  return {
    matched,
    changes,
    carriedOver,
    unknown: unknown.after,
    before: judgedBefore,
    after: judgedAfter,
    deletions: judges.judge.readsChange ? await judgeDeletions(judges, before, changes) : [],
  };
}

/** Whether both trees tell what a change claims of them. */
function isKnown(
  change: Change,
  unknown: { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> },
): boolean {
  if (change.kind === "deleted") return !unknown.after.has(yielderOf(change.before));
  return change.kind !== "created" || !unknown.before.has(yielderOf(change.after));
}

/** Whether a manifest that comes or goes is one of several renderings of an object that both trees have. */
function isOtherRendering(
  change: Change,
  there: { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> },
): boolean {
  if (change.kind === "deleted") return there.after.has(nameOf(change.before));
  return change.kind === "created" && change.after.when !== undefined && there.before.has(nameOf(change.after));
}

function namesOf(manifests: readonly Manifest[]): ReadonlySet<string> {
  return new Set(manifests.map(nameOf));
}

function nameOf(manifest: Manifest): string {
  return JSON.stringify([identityKey(manifest.identity, manifest.environment), yielderOf(manifest)]);
}

function applied(sources: ReadonlyMap<string, SourceNode>): (manifest: Manifest) => boolean {
  return ({ source }) => {
    const kind = source === undefined ? undefined : sources.get(source)?.kind;
    return kind === "argocd-application" || kind === "flux-kustomization" || kind === "flux-helmrelease";
  };
}

/** Asks about a manifest as if it were new. */
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
      return !change.equal || change.exposed === true;
    case "unchanged":
      return false;
  }
}

function questionOf(manifest: Manifest, change: Change | undefined): Question {
  if (change === undefined || change.kind === "created" || change.kind === "deleted" || !isNews(change))
    return created(manifest);
  if (change.kind === "moved" && change.equal) return created(manifest);
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
