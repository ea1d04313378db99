import type { Complaint, StateChange } from "../../model/builtin-check.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Source } from "../../model/source.ts";
import { identityKey } from "../fingerprint.ts";
import { counted, dangerViolation } from "./danger-violation.ts";
import { dangers } from "./policies.ts";

/** GitOps objects whose removal or change makes their controller delete what they had applied. */
export function prunes(change: StateChange): readonly Complaint[] {
  const lost = new Map<string, Map<string, Manifest>>();
  for (const one of change.changes) {
    if (one.kind !== "deleted" || one.before.source === undefined) continue;
    const objects = lost.get(one.before.source) ?? new Map<string, Manifest>();
    // One object in several environments is one object.
    lost.set(one.before.source, objects.set(identityKey(one.before.identity), one.before));
  }
  return [...lost].flatMap(([id, objects]): readonly Complaint[] => {
    const before = change.before.sources.get(id);
    const after = change.after.sources.get(id);
    if (before === undefined) return [];
    const what = counted([...objects.values()].map(({ identity }) => identity.kind));
    if (after === undefined) {
      if (before.traits?.cascades !== true) return [];
      return [complaint(before, declaration(before, change), `${id} goes, and deletes what it applied: ${what}`)];
    }
    if (after.traits?.prune !== true || !isRewritten(after, change)) return [];
    return [complaint(after, declaration(after, change), `this change of ${id} makes it prune ${what}`)];
  });
}

function complaint(source: Source, manifest: Manifest | undefined, message: string): Complaint {
  const violation = dangerViolation({ policy: dangers.prune, level: "warn", message });
  return manifest === undefined ? { about: "source", source, violation } : { about: "manifest", manifest, violation };
}

/** The GitOps object itself is changed, or the one that generates it. */
function isRewritten(source: Source, change: StateChange): boolean {
  return [source.id, source.parent].some((id) => id !== undefined && changed(id, change) !== undefined);
}

function declaration(source: Source, change: StateChange): Manifest | undefined {
  return changed(source.id, change);
}

/** The changed manifest that a source's id names: `Application argocd/guestbook`. */
function changed(id: string, { changes }: StateChange): Manifest | undefined {
  const wanted = id.replace(/ \([^()]*\)$/, "");
  for (const change of changes) {
    if (change.kind === "created" || change.kind === "unchanged" || (change.kind === "moved" && change.equal)) continue;
    const manifest = change.kind === "deleted" ? change.before : change.after;
    const { group, kind, namespace, name } = manifest.identity;
    if (!gitops.has(group)) continue;
    if (wanted === `${kind} ${namespace ?? ""}/${name}` || wanted === `${kind} ${name}`) return manifest;
  }
  return undefined;
}

const gitops = new Set(["argoproj.io", "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"]);
