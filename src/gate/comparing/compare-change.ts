import type { Change } from "../../model/change.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { JudgedManifest } from "../judged-source.ts";
import type { Comparison } from "./classify.ts";
import type { Draft } from "./drafts.ts";
import { identityKey, lastingKey } from "../fingerprint.ts";
import { isNews, type JudgedChange, type JudgedSide } from "../judging/judge-change.ts";
import { yielderOf } from "../match-manifests.ts";
import { isUnit } from "../reading.ts";

/** Pairs the drafts of manifests that belong together before and after the change. */
export function comparisonsOf(
  { changes, before, after, deletions }: JudgedChange,
  draft: (manifest: JudgedManifest) => readonly Draft[],
  /** Sources that were not rendered, and so have nothing fixed. */
  unrendered: ReadonlySet<string>,
): readonly Comparison[] {
  const groups = new Map<string, { before: Draft[]; after: Draft[] }>();
  const group = (key: string): { before: Draft[]; after: Draft[] } => {
    const found = groups.get(key) ?? { before: [], after: [] };
    groups.set(key, found);
    return found;
  };
  const keys = keysOf(changes);
  const lost = unjudged(after);
  for (const [judged, manifest] of before.judged) {
    const change = keys.before.get(manifest);
    // A manifest that is no longer judged has no fixed findings.
    if (change === undefined || lost.has(yielderOf(manifest)) || unrendered.has(manifest.source ?? "")) continue;
    group(change.key).before.push(...draft(judged).filter(({ readsChange }) => !readsChange));
  }
  for (const [judged, manifest] of after.judged) {
    const change = keys.after.get(manifest);
    if (change === undefined) throw new Error(`a manifest of ${manifest.position.path} was judged but not matched`);
    group(change.key).after.push(...draft(judged).filter(({ readsChange }) => change.news || !readsChange));
  }
  const gone = deletions.map((manifest) => ({
    before: [],
    after: draft(manifest).filter(({ readsChange }) => readsChange),
  }));
  return [...groups.values(), ...gone];
}

interface Keyed {
  readonly key: string;
  readonly news: boolean;
}

/** The comparison keys of manifests: same name in the same source, or both ends of a move. */
function keysOf(changes: readonly Change[]) {
  const before = new Map<Manifest, Keyed>();
  const after = new Map<Manifest, Keyed>();
  /** Of objects that leave some environment, by name alone. */
  const left = new Map<string, string>();
  for (const change of changes) {
    if (change.kind !== "deleted") continue;
    const name = identityKey(change.before.identity);
    if (!left.has(name)) left.set(name, keyOf(change));
  }
  for (const change of changes) {
    const news = isNews(change);
    // Where a manifest only loses its environment (the Application is deleted, the files remain), nothing is introduced.
    const stays = change.kind === "created" && change.after.environment === undefined;
    const key = (stays ? left.get(identityKey(change.after.identity)) : undefined) ?? keyOf(change);
    if (change.kind !== "created") before.set(change.before, { key, news });
    if (change.kind !== "deleted") after.set(change.after, { key, news });
  }
  return { before, after };
}

function keyOf(change: Change): string {
  const manifest = change.kind === "deleted" ? change.before : change.after;
  const name = lastingKey(manifest);
  return change.kind === "moved" ? name : `${yielderOf(manifest)}\0${name}`;
}

function unjudged({ origins }: JudgedSide): ReadonlySet<string> {
  return new Set(
    origins
      .filter(([, { skippedAs, problems }]) => skippedAs !== undefined || problems.length > 0)
      .map(([of]) => (isUnit(of) ? `source ${of.source.id}` : `file ${of.entry.path}`)),
  );
}
