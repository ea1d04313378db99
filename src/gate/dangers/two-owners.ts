import type { Complaint, ManifestHandle, StateOverview } from "../../model/builtin-check.ts";
import type { SourceKind } from "../../model/source.ts";
import { identityKey } from "../fingerprint.ts";
import { dangerViolation, named } from "./danger-violation.ts";
import { dangers } from "./policies.ts";

/** Only these own what they yield: they put it back, and prune it. */
const owning = new Set<SourceKind>(["argocd-application", "flux-kustomization", "flux-helmrelease"]);

/**
 * Objects that two GitOps objects of one named environment yield. All owners but the first are complained about; the
 * first is one that owned it `earlier`, so that the complaint is about the newcomer.
 */
export function twoOwners({ manifests, sources }: StateOverview, earlier?: StateOverview): readonly Complaint[] {
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
  return [...byObject.values()].flatMap((owners) => {
    if (owners.length < 2) return [];
    const [first, ...others] = owners.toSorted(
      (a, b) =>
        Number(old.has(ownershipOf(b))) - Number(old.has(ownershipOf(a))) ||
        ((a.source ?? "") < (b.source ?? "") ? -1 : 1),
    );
    return first === undefined ? [] : others.map((owner) => complaint(owner, first));
  });
}

function complaint(owner: ManifestHandle, first: ManifestHandle): Complaint {
  const { kind, namespace, name } = owner.identity;
  const object = named({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
  const message = `${owner.source} and ${first.source} both yield ${object}: here and at ${first.position.path}:${first.position.line}`;
  const reads = [owner.source ?? null, first.source ?? null];
  return {
    about: "manifest",
    manifest: owner,
    violation: { ...dangerViolation({ policy: dangers.twoOwners, level: "deny", message, reads }), readsChange: false },
  };
}

function ownershipOf({ identity, environment, source }: ManifestHandle): string {
  return JSON.stringify([source ?? null, identityKey(identity, environment)]);
}
