import type { Change } from "../model/change.ts";
import type { Manifest } from "../model/manifest.ts";
import type { SourceNode } from "../model/source.ts";
import { identityKey } from "./fingerprint.ts";
import { matchManifests, yielderOf } from "./match-manifests.ts";
import type { ReadOrigin } from "./reading.ts";
import { sourcesById, type States } from "./states.ts";
import { unknownYielders } from "./unknown-yielders.ts";

/** What a change does to the manifests of the origins that it touches. */
export interface MatchedStates {
  /** Every manifest of either tree, but those carried over. */
  readonly matched: readonly Change[];
  /** What the change does to the desired state; nothing that one of the trees does not tell. */
  readonly changes: readonly Change[];
  /** What the plan of the tree before makes of the tree after, beside that tree's own plan; none is `deleted`. */
  readonly carriedOver: readonly Change[];
  /** The change that led to a manifest of the tree after. */
  readonly changeOf: ReadonlyMap<Manifest, Change>;
  /** See `unknownYielders`, of the tree after. */
  readonly unknown: ReadonlySet<string>;
}

/** Matches the manifests of the changed origins of two trees. */
export function matchStates(
  states: States,
  read: { readonly before: readonly ReadOrigin[]; readonly after: readonly ReadOrigin[] },
): MatchedStates {
  const sources = { before: sourcesById(states.before), after: sourcesById(states.after) };
  const files = new Set(states.after.files.flatMap(({ entry, carriedOver }) => (carriedOver ? [entry.path] : [])));
  const isCarriedOver = ({ source, position }: Manifest): boolean =>
    source === undefined ? files.has(position.path) : sources.after.get(source)?.carriedOver === true;
  const [old, now] = [read.before.flatMap(manifestsOf), read.after.flatMap(manifestsOf)];
  const appliers = { before: applied(sources.before), after: applied(sources.after) };
  const own = now.filter((manifest) => !isCarriedOver(manifest));
  const matched = matchManifests(old, own, appliers);
  const carriedOver = matchManifests(old, now.filter(isCarriedOver), appliers).filter(({ kind }) => kind !== "deleted");
  const changeOf = new Map<Manifest, Change>();
  for (const change of [...matched, ...carriedOver]) if (change.kind !== "deleted") changeOf.set(change.after, change);
  const unknown = {
    before: unknownYielders(states.before, read.before, states.after),
    after: unknownYielders(states.after, read.after, states.before),
  };
  const there = { before: namesOf(old), after: namesOf(now) };
  const changes = matched.filter(
    (change) =>
      change.kind !== "unchanged" &&
      (change.kind === "deleted" ? change.before : change.after).document === undefined &&
      isKnown(change, unknown) &&
      !isOtherRendering(change, there),
  );
  return { matched, changes, carriedOver, changeOf, unknown: unknown.after };
}

interface BothTrees {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

/** Whether both trees tell what a change claims of them. */
function isKnown(change: Change, unknown: BothTrees): boolean {
  if (change.kind === "deleted") return !unknown.after.has(yielderOf(change.before));
  return change.kind !== "created" || !unknown.before.has(yielderOf(change.after));
}

/** Whether a manifest that comes or goes is one of several renderings of an object that both trees have. */
function isOtherRendering(change: Change, there: BothTrees): boolean {
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
    return kind !== undefined && (kind.startsWith("argocd-") || kind.startsWith("flux-"));
  };
}

function manifestsOf(origin: ReadOrigin): readonly Manifest[] {
  return origin.kind === "read" ? origin.reading.manifests : [];
}
