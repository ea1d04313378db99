import type { Change } from "../../model/change.ts";
import type { Json } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ChangeCounts, ManifestChange } from "../../model/report.ts";
import { isObject } from "../../manifest/identity.ts";
import { isNotApplied } from "../dangers/deletion-effect.ts";
import type { JudgedStates } from "../judging/judge-states.ts";

/** Counts the manifests and environments that the change touches. */
export function countChanges(changes: readonly Change[]): ChangeCounts {
  const count = (kind: Change["kind"]): number => changes.filter((change) => change.kind === kind).length;
  return { created: count("created"), updated: count("updated"), deleted: count("deleted"), moved: count("moved") };
}

/**
 * The changes that a cluster would see, sorted by name, with their differences as text by `diff`; equal ones of several
 * environments and sources are grouped.
 */
export function listChanges(
  states: Pick<JudgedStates, "changes" | "before" | "after">,
  diff: ((change: Change) => string) | undefined,
): readonly ManifestChange[] {
  const groups = new Map<string, ManifestChange>();
  for (const change of states.changes) {
    const one = shown(change, states, diff);
    if (one === undefined) continue;
    const { sources, environments, ...alike } = one;
    const key = JSON.stringify(alike);
    const known = groups.get(key);
    groups.set(key, {
      ...alike,
      sources: union(known?.sources, sources),
      environments: union(known?.environments, environments),
    });
  }
  return [...groups]
    .toSorted(([one, a], [other, b]) => compare(orderOf(a), orderOf(b)) || compare(one, other))
    .map(([, change]) => change);
}

function shown(
  change: Change,
  states: Pick<JudgedStates, "before" | "after">,
  diff: ((change: Change) => string) | undefined,
): ManifestChange | undefined {
  const kind = kindOf(change);
  if (kind === undefined) return undefined;
  const manifest = change.kind === "deleted" ? change.before : change.after;
  const { identity, apiVersion, source, environment } = manifest;
  const pruned = change.kind === "deleted" ? isPruned(change.before, states) : undefined;
  const finalizers = change.kind === "deleted" ? finalizersOf(manifest) : [];
  return {
    kind,
    manifest: {
      apiVersion,
      kind: identity.kind,
      ...(identity.namespace === undefined ? {} : { namespace: identity.namespace }),
      name: identity.name,
    },
    sources: source === undefined ? [] : [source],
    environments: environment === undefined ? [] : [environment],
    ...(pruned === undefined ? {} : { pruned }),
    ...(finalizers.length > 0 ? { finalizers } : {}),
    ...(diff === undefined ? {} : { diff: diff(change) }),
  };
}

/** The kind of a change for a cluster; undefined for one that only moves in the tree. */
function kindOf(change: Change): ManifestChange["kind"] | undefined {
  switch (change.kind) {
    case "created":
    case "updated":
    case "deleted":
      return change.kind;
    case "moved":
      return change.equal ? undefined : "updated";
    case "unchanged":
      return undefined;
    default:
      return change satisfies never;
  }
}

/** Whether a deleted object is pruned: a remaining source must prune, a removed one must cascade. Undefined where it is not known. */
function isPruned(manifest: Manifest, { before, after }: Pick<JudgedStates, "before" | "after">): boolean | undefined {
  const { source } = manifest;
  if (source === undefined) return undefined;
  const now = after.sources.get(source);
  if (now === undefined) return before.sources.get(source)?.traits?.cascades;
  return isNotApplied(manifest, after) ? false : now.traits?.prune;
}

function finalizersOf({ value }: Manifest): readonly string[] {
  const metadata: Json | undefined = value["metadata"];
  const finalizers = isObject(metadata) ? metadata["finalizers"] : undefined;
  return Array.isArray(finalizers) ? finalizers.filter((item): item is string => typeof item === "string") : [];
}

function orderOf({ manifest: { kind, namespace = "", name } }: ManifestChange): string {
  return [kind, namespace, name].join("\0");
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function union(known: readonly string[] = [], more: readonly string[]): readonly string[] {
  return [...new Set([...known, ...more])].toSorted();
}
