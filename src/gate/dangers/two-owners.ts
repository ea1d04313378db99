import type { BuiltinFinding, ManifestHandle, StateOverview } from "../../model/builtin-check.ts";
import type { Source, SourceKind } from "../../model/source.ts";
import type { Violation } from "../../model/violation.ts";
import { identityKey } from "../fingerprint.ts";
import { counted, dangerViolation, named } from "./danger-violation.ts";
import { dangers } from "./policies.ts";
import { sourceName } from "./source-name.ts";

/** Only these own their manifests: their controllers restore and prune them. */
const owning = new Set<SourceKind>([
  "argocd-application",
  "flux-kustomization",
  "flux-helmrelease",
  "flux-resourceset",
]);

/**
 * Finds objects that two GitOps objects of one named environment yield. Every owner but the first gets a finding; the
 * first is one that owned the object `earlier`, so that the finding is about the newcomer.
 */
export function twoOwners({ manifests, sources }: StateOverview, earlier?: StateOverview): readonly BuiltinFinding[] {
  const old = new Set(earlier?.manifests.map(ownershipOf));
  const byObject = new Map<string, ManifestHandle[]>();
  for (const manifest of manifests) {
    const { source, environment, identity } = manifest;
    const kind = source === undefined ? undefined : sources.get(source)?.kind;
    if (kind === undefined || !owning.has(kind) || environment === undefined || identity.name.endsWith("*")) continue;
    const key = identityKey(identity, environment);
    const owners = byObject.get(key);
    if (owners === undefined) byObject.set(key, [manifest]);
    else if (owners.every((owner) => owner.source !== source)) owners.push(manifest);
  }
  const pairs = new Map<string, [Pair, ...Pair[]]>();
  for (const owners of byObject.values()) {
    const [first, ...others] = owners.toSorted(
      (a, b) =>
        Number(old.has(ownershipOf(b))) - Number(old.has(ownershipOf(a))) ||
        ((a.source ?? "") < (b.source ?? "") ? -1 : 1),
    );
    if (first === undefined) continue;
    for (const owner of others) {
      const key = JSON.stringify([owner.source, first.source, owner.environment]);
      const known = pairs.get(key);
      if (known === undefined) pairs.set(key, [{ owner, first }]);
      else known.push({ owner, first });
    }
  }
  return [...pairs.values()].flatMap((shared) => {
    const source = sources.get(shared[0].owner.source ?? "");
    return shared.length > MOST_SINGLY && source !== undefined ? [together(shared, source)] : shared.map(single);
  });
}

interface Pair {
  readonly owner: ManifestHandle;
  readonly first: ManifestHandle;
}

/** Two sources that share more objects than this give one finding about the source instead of one for each object. */
const MOST_SINGLY = 3;

function single({ owner, first }: Pair): BuiltinFinding {
  const { kind, namespace, name } = owner.identity;
  const object = named({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
  const message = `${bothOf({ owner, first })} yield ${object}: here and at ${first.position.path}:${first.position.line}`;
  return { about: "manifest", manifest: owner, violation: violationOf({ owner, first }, message) };
}

function together(shared: readonly [Pair, ...Pair[]], source: Source): BuiltinFinding {
  const [pair] = shared;
  const what = counted(shared.map(({ owner }) => owner.identity.kind));
  return { about: "source", source, violation: violationOf(pair, `${bothOf(pair)} yield ${what}`) };
}

function bothOf({ owner, first }: Pair): string {
  return `${sourceName(owner.source ?? "")} and ${sourceName(first.source ?? "")} both`;
}

function violationOf({ owner, first }: Pair, message: string): Violation {
  const reads = [sourceName(owner.source ?? ""), sourceName(first.source ?? "")];
  return { ...dangerViolation({ policy: dangers.twoOwners, level: "deny", message, reads }), readsChange: false };
}

function ownershipOf({ identity, environment, source }: ManifestHandle): string {
  return JSON.stringify([source ?? null, identityKey(identity, environment)]);
}
