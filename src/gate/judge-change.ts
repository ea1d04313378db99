import type { Change } from "../model/change.ts";
import type { Judge, Question } from "../model/judge.ts";
import type { Manifest, SourcePosition } from "../model/manifest.ts";
import type { ChangeCounts } from "../model/report.ts";
import type { ScopedFile } from "../render/role.ts";
import type { JudgedFile, JudgedManifest } from "./cache.ts";
import type { Comparison } from "./classify.ts";
import type { Draft } from "./drafts.ts";
import { identityKey } from "./fingerprint.ts";
import { judgeFiles, type ReadFile } from "./judge-files.ts";
import { matchManifests } from "./match-manifests.ts";

/** A change as it was judged. */
export interface JudgedChange {
  readonly counts: ChangeCounts;
  /** What is to be compared with what. */
  readonly comparisons: readonly Comparison[];
  readonly before: readonly (readonly [ScopedFile, JudgedFile])[];
  readonly after: readonly (readonly [ScopedFile, JudgedFile])[];
}

/** Judges the changed files of both trees: before as if new, after as admission would see the change. */
export async function judgeChange(
  judge: Judge,
  before: readonly ReadFile[],
  after: readonly ReadFile[],
  draft: (manifest: JudgedManifest) => readonly Draft[],
): Promise<JudgedChange> {
  const changes = matchManifests(before.flatMap(manifestsOf), after.flatMap(manifestsOf));
  const byPlace = new Map<string, Change>();
  for (const change of changes) if (change.kind !== "deleted") byPlace.set(placeKey(change.after.position), change);

  const judgedBefore: [ScopedFile, JudgedFile][] = [];
  const judgedAfter: [ScopedFile, JudgedFile][] = [];
  await judgeFiles(judge, before, created, (file, judged) => judgedBefore.push([file, judged]));
  const ask = (manifest: Manifest): Question => questionOf(manifest, byPlace.get(placeKey(manifest.position)));
  await judgeFiles(judge, after, ask, (file, judged) => judgedAfter.push([file, judged]));

  const units = new Map<string, { before: Draft[]; after: Draft[] }>();
  const unit = (key: string): { before: Draft[]; after: Draft[] } => {
    const found = units.get(key) ?? { before: [], after: [] };
    units.set(key, found);
    return found;
  };
  const unitOfBefore = new Map<string, string>();
  for (const change of changes)
    if (change.kind !== "created") unitOfBefore.set(placeKey(change.before.position), unitKey(change));
  const lost = unjudgedPaths(judgedAfter);
  for (const [, { manifests }] of judgedBefore) {
    for (const manifest of manifests) {
      const key = unitOfBefore.get(placeKey(manifest.position));
      // A file that is no longer judged has nothing fixed.
      if (key === undefined || lost.has(manifest.position.path)) continue;
      unit(key).before.push(...draft(manifest).filter(({ readsChange }) => !readsChange));
    }
  }
  for (const [, { manifests }] of judgedAfter) {
    for (const manifest of manifests) {
      const change = byPlace.get(placeKey(manifest.position));
      if (change === undefined) throw new Error(`a manifest of ${manifest.position.path} was judged but not matched`);
      const admitted = isNews(change);
      unit(unitKey(change)).after.push(...draft(manifest).filter(({ readsChange }) => admitted || !readsChange));
    }
  }
  const deletions = judge.readsChange ? await judgeDeletions(judge, before, changes, draft) : [];
  return {
    counts: countOf(changes),
    comparisons: [...units.values(), ...deletions],
    before: judgedBefore,
    after: judgedAfter,
  };
}

/** Asks about a manifest as if it were new. */
export function created(manifest: Manifest): Question {
  return { manifest, operation: "CREATE" };
}

function questionOf(manifest: Manifest, change: Change | undefined): Question {
  if (change === undefined || change.kind === "created" || change.kind === "deleted" || !isNews(change))
    return created(manifest);
  return { manifest, operation: "UPDATE", oldObject: change.before.value };
}

/** Whether the cluster would see an operation: a manifest that only moved is none. */
function isNews(change: Change): boolean {
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

/** Of what is deleted only rules that read the operation have something to say. */
async function judgeDeletions(
  judge: Judge,
  before: readonly ReadFile[],
  changes: readonly Change[],
  draft: (manifest: JudgedManifest) => readonly Draft[],
): Promise<readonly Comparison[]> {
  const gone = new Set(changes.filter((change) => change.kind === "deleted").map(({ before: old }) => old));
  const files = before.flatMap((file) => {
    if (file.kind === "done") return [];
    const manifests = file.reading.manifests.filter((manifest) => gone.has(manifest));
    return manifests.length === 0
      ? []
      : [{ ...file, reading: { ...file.reading, manifests, notManifests: [], problems: [] } }];
  });
  const comparisons: Comparison[] = [];
  const ask = (manifest: Manifest): Question => ({ manifest, operation: "DELETE", oldObject: manifest.value });
  await judgeFiles(judge, files, ask, (_, { manifests }) => {
    for (const manifest of manifests)
      comparisons.push({ before: [], after: draft(manifest).filter(({ readsChange }) => readsChange) });
  });
  return comparisons;
}

function unjudgedPaths(files: readonly (readonly [ScopedFile, JudgedFile])[]): ReadonlySet<string> {
  const unjudged = files.filter(([, { skippedAs, problems }]) => skippedAs !== undefined || problems.length > 0);
  return new Set(unjudged.map(([{ entry }]) => entry.path));
}

/** Findings are compared where their manifests belong together: within one name in one file, or along a move. */
function unitKey(change: Change): string {
  const manifest = change.kind === "deleted" ? change.before : change.after;
  const name = identityKey(manifest.identity, manifest.environment);
  return change.kind === "moved" ? name : `${manifest.position.path}\0${name}`;
}

function placeKey({ path, document, pointer }: SourcePosition): string {
  return `${path}\0${document}\0${pointer}`;
}

function manifestsOf(file: ReadFile): readonly Manifest[] {
  return file.kind === "read" ? file.reading.manifests : [];
}

function countOf(changes: readonly Change[]): ChangeCounts {
  const count = (kind: Change["kind"]): number => changes.filter((change) => change.kind === kind).length;
  return { created: count("created"), updated: count("updated"), deleted: count("deleted"), moved: count("moved") };
}
