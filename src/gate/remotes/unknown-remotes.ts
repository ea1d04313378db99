import { sha256 } from "../../manifest/sha256.ts";
import type { BuiltinCheck, BuiltinFinding, StateOverview } from "../../model/builtin-check.ts";
import type { Policy } from "../../model/policy.ts";
import type { UnpermittedRemote } from "../../model/source.ts";
import type { Violation } from "../../model/violation.ts";

/** The policy for what a tree refers to and the configuration does not let be fetched. See docs/remotes.md. */
export const unknownPolicy: Policy = {
  id: "remotes/unknown",
  package: "remotes/unknown",
  title: "What is deployed from elsewhere comes from a known place",
  description:
    "Only what remotes.allow names, and what the gated branch already takes from the same place, is fetched and judged. Permit the place first, in a change of its own, or use one that is permitted.",
};

/** Makes the builtin check for references that may not be followed: the policy `remotes/unknown`. */
export function createRemoteCheck(): BuiltinCheck {
  // Nothing is cached: it has only checks of states.
  return { policies: [unknownPolicy], digest: "remotes", ofState: unknownRemotes };
}

function unknownRemotes({ gaps, sources }: StateOverview): readonly BuiltinFinding[] {
  const told = new Set<string>();
  return gaps.flatMap(({ source: id, path, line, unpermitted }): readonly BuiltinFinding[] => {
    if (unpermitted === undefined) return [];
    const key = JSON.stringify([id, path, line, unpermitted.reference]);
    if (told.has(key)) return [];
    told.add(key);
    const source = sources.get(id) ?? { id, environments: [] };
    return [{ about: "source", source, at: { path, line }, violation: unknownViolation(unpermitted) }];
  });
}

function unknownViolation(unpermitted: UnpermittedRemote): Violation {
  return {
    policy: unknownPolicy.id,
    rule: "deny",
    level: "deny",
    message: unknownMessage(unpermitted),
    // Another version of it is the same finding.
    cause: { pointer: "", stablePointer: "", precision: "value", reads: sha256(unpermitted.name) },
    readsChange: false,
  };
}

/** What is told of a reference that may not be followed. */
export function unknownMessage({ reference, allow }: UnpermittedRemote): string {
  const permit =
    allow === undefined
      ? "name where it comes from under remotes.allow"
      : `add ${JSON.stringify(allow)} to remotes.allow`;
  return `${reference} is not fetched and not judged: nothing on the gated branch comes from there, and the configuration does not permit it. To permit it, ${permit} in a change of its own`;
}
