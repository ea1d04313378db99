import type { Change } from "../../model/change.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Comparison } from "./classify.ts";
import type { Draft, Drafter } from "./drafts.ts";
import { identityKey, lastingKey } from "../fingerprint.ts";
import type { JudgedStates, JudgedState } from "../judging/judge-states.ts";
import { yielderOf } from "../match-manifests.ts";
import { isUnit } from "../reading.ts";
import { keptTexts } from "./kept-texts.ts";

/** Pairs the drafts of manifests that belong together before and after the change. */
export function comparisonsOf(change: JudgedStates, draft: Drafter): readonly Comparison[] {
  return [...unchangedOnes(change, draft), ...changedOnes(change, draft)];
}

/** The manifests of unchanged origins are the same in both trees, so that nothing of them is news; without a tree before all are. */
function unchangedOnes({ unchanged, before, after }: JudgedStates, draft: Drafter): readonly Comparison[] {
  return unchanged.flatMap((of) => {
    const old = before.results.get(of);
    const now = after.results.get(of)?.manifests ?? [];
    if (old === undefined) return now.map((manifest) => ({ before: [], after: draft(manifest) }));
    return now.map((manifest, index) => {
      const was = old.manifests[index];
      const drafts = lasting(draft(manifest));
      if (was === manifest) return { before: drafts, after: drafts };
      return { before: was === undefined ? [] : lasting(draft(was)), after: drafts };
    });
  });
}

function changedOnes(
  { matched, carriedOver, unknown, before, after, deletions }: JudgedStates,
  draft: Drafter,
): readonly Comparison[] {
  const lost = new Set([...unknown, ...unjudged(after)]);
  const judgedOf = new Map([...before.judged, ...after.judged].map(([judged, manifest]) => [manifest, judged]));
  const draftsOf = (manifest: Manifest): readonly Draft[] => {
    const judged = judgedOf.get(manifest);
    if (judged === undefined) throw new Error(`a manifest of ${manifest.position.path} was matched but not judged`);
    return draft(judged);
  };
  const groups = groupsOf(matched, draftsOf, { lost, kept: keptTexts(before.state, after.state) });
  const gone = deletions.map((manifest) => ({
    before: [],
    after: draft(manifest).filter(({ readsChange }) => readsChange),
  }));
  return [...groups, ...carriedOverGroups(carriedOver, draftsOf), ...gone];
}

interface Group {
  readonly before: Member[];
  readonly after: Member[];
  exposed?: true;
  sameText?: true;
}

interface Member {
  readonly manifest: Manifest;
  readonly drafts: readonly Draft[];
}

/** Findings are compared where their manifests belong together: within one name in one source, or along a move. */
function groupsOf(
  changes: readonly Change[],
  draftsOf: (manifest: Manifest) => readonly Draft[],
  { lost, kept }: { readonly lost: ReadonlySet<string>; readonly kept: ReadonlySet<string> },
): readonly Comparison[] {
  const groups = new Map<string, Group>();
  const group = (key: string): Group => {
    const found = groups.get(key) ?? { before: [], after: [] };
    groups.set(key, found);
    return found;
  };
  /** Of objects that leave some environment, by name and file. */
  const left = new Map<string, string>();
  /** Of objects that leave some source, by the text that they were made from. */
  const unloaded = new Map<string, string>();
  for (const change of changes) {
    if (change.kind !== "deleted") continue;
    const name = nameInFile(change.before);
    if (!left.has(name)) left.set(name, keyOf(change));
    const text = textOf(change.before);
    if (change.before.source !== undefined && !unloaded.has(text)) unloaded.set(text, keyOf(change));
  }
  for (const change of changes) {
    const news = isNews(change);
    // Where a manifest only loses its environment (the Application is deleted, the files remain), nothing is introduced.
    const stays = change.kind === "created" && change.after.environment === undefined;
    const known = stays ? left.get(nameInFile(change.after)) : undefined;
    // Where a source no longer loads a file that remains as it is, nothing applies more than before.
    const isLeft = stays && change.after.source === undefined && kept.has(change.after.position.path);
    const made = known === undefined && isLeft ? unloaded.get(textOf(change.after)) : undefined;
    const members = group(known ?? made ?? keyOf(change));
    if (made !== undefined) members.sameText = true;
    // Findings of a manifest that is no longer judged are not fixed.
    if (change.kind !== "created" && !lost.has(yielderOf(change.before)))
      members.before.push({
        manifest: change.before,
        drafts: lasting(draftsOf(change.before)),
      });
    if (change.kind !== "deleted")
      members.after.push({
        manifest: change.after,
        drafts: news ? draftsOf(change.after) : lasting(draftsOf(change.after)),
      });
    if (change.kind === "moved" && change.exposed === true) members.exposed = true;
  }
  return [...groups.values()].map(({ before, after, ...rest }) => ({
    ...rest,
    before: once(before),
    after: once(after),
  }));
}

/** All drafts of a group, but of what several renderings of one object have alike only one. */
function once(members: readonly Member[]): readonly Draft[] {
  const known = new Set<string>();
  const order = members.toSorted(
    (one, other) => Number(one.manifest.when !== undefined) - Number(other.manifest.when !== undefined),
  );
  return order.flatMap(({ manifest: { when }, drafts }) => {
    const fresh = when === undefined ? drafts : drafts.filter(({ finding }) => !known.has(finding.fingerprint));
    for (const { finding } of drafts) known.add(finding.fingerprint);
    return fresh;
  });
}

/** Groups of carried-over manifests. Their findings never count as fixed: only the own plan of the tree after decides that. */
function carriedOverGroups(
  changes: readonly Change[],
  draftsOf: (manifest: Manifest) => readonly Draft[],
): readonly Comparison[] {
  return groupsOf(changes, draftsOf, { lost: new Set(), kept: new Set() }).map((comparison) => ({
    ...comparison,
    carriedOver: true,
  }));
}

function keyOf(change: Change): string {
  const manifest = change.kind === "deleted" ? change.before : change.after;
  const name = lastingKey(manifest);
  if (change.kind !== "moved") return `${yielderOf(manifest)}\0${name}`;
  return change.exposed === true ? `exposed ${yielderOf(manifest)}\0${name}` : name;
}

function nameInFile({ identity, position }: Manifest): string {
  return `${position.path}\0${identityKey(identity)}`;
}

function textOf({ identity: { group, kind }, position: { path, document, pointer } }: Manifest): string {
  return JSON.stringify([path, document, pointer, group, kind]);
}

/** Without what is found only as it changes. */
function lasting(drafts: readonly Draft[]): readonly Draft[] {
  return drafts.filter(({ readsChange }) => !readsChange);
}

/** Whether the cluster would see an operation. A manifest that only moves in the tree is not one. */
function isNews(change: Change): boolean {
  switch (change.kind) {
    case "created":
    case "updated":
    case "deleted":
      return true;
    case "moved":
      return !change.equal || change.exposed === true;
    case "unchanged":
      return false;
    default:
      return change satisfies never;
  }
}

function unjudged({ results }: JudgedState): ReadonlySet<string> {
  return new Set(
    [...results]
      .filter(([, { skippedAs, problems }]) => skippedAs !== undefined || problems.length > 0)
      .map(([of]) => (isUnit(of) ? `source ${of.source.id}` : `file ${of.entry.path}`)),
  );
}
