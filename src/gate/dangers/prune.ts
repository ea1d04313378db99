import type { BuiltinFinding, StateChange } from "../../model/builtin-check.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Source } from "../../model/source.ts";
import { identityKey } from "../fingerprint.ts";
import { isNotApplied } from "./deletion-effect.ts";
import { counted, dangerViolation } from "./danger-violation.ts";
import { dangers } from "./policies.ts";
import { sourceName } from "./source-name.ts";

/** Finds GitOps objects whose removal or change makes their controller delete objects that they applied. */
export function prunes(change: StateChange): readonly BuiltinFinding[] {
  const lost = new Map<string, Map<string, Manifest>>();
  for (const one of change.changes) {
    if (one.kind !== "deleted" || one.before.source === undefined || isNotApplied(one.before, change.after)) continue;
    const objects = lost.get(one.before.source) ?? new Map<string, Manifest>();
    // Count one object in several environments once.
    lost.set(one.before.source, objects.set(identityKey(one.before.identity), one.before));
  }
  return [...lost].flatMap(([id, objects]): readonly BuiltinFinding[] => {
    const before = change.before.sources.get(id);
    const after = change.after.sources.get(id);
    if (before === undefined) return [];
    const what = counted([...objects.values()].map(({ identity }) => identity.kind));
    if (after === undefined) {
      if (before.traits?.cascades !== true) return [];
      return [findingOf(before, `${sourceName(id)} is removed and deletes what it applied: ${what}`)];
    }
    if (after.traits?.prune !== true || !isRewritten(after, change)) return [];
    return [findingOf(after, `${sourceName(id)} changes and prunes what it no longer yields: ${what}`)];
  });
}

function findingOf(source: Source, message: string): BuiltinFinding {
  return { about: "source", source, violation: dangerViolation({ policy: dangers.prune, level: "warn", message }) };
}

/** Whether the change alters the GitOps object itself, or its generator. Objects of the same name may exist in other clusters. */
function isRewritten({ id, parent, path }: Source, { changes }: StateChange): boolean {
  const names = new Set([id, parent].flatMap((one) => (one === undefined ? [] : [sourceName(one)])));
  return changes.some((change) => {
    if (change.kind === "unchanged" || (change.kind === "moved" && change.equal)) return false;
    const { identity, position } = change.kind === "deleted" ? change.before : change.after;
    const { group, kind, namespace, name } = identity;
    if (!gitops.has(group) || position.path !== path) return false;
    return names.has(`${kind} ${namespace ?? ""}/${name}`) || names.has(`${kind} ${name}`);
  });
}

const gitops = new Set(["argoproj.io", "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"]);
