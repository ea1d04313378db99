import { sha256 } from "../../manifest/sha256.ts";
import type { Finding } from "../../model/finding.ts";
import { derivedOnce } from "../../model/derived.ts";
import type { PolicyWarning } from "../../model/judge.ts";
import type { CheckRequest } from "../check-request.ts";
import type { LevelOf } from "../levels.ts";

/** The builtin policy about policies that probably have no effect. */
const dead = {
  id: "policies/dead",
  title: "Policies have an effect",
  description: "A rule that reads what is not there is silent. Correct the name, or remove the rule.",
};

/** The builtin policy about what policies need and only a cluster has. */
const partial = {
  id: "policies/gap",
  title: "Policies are judged in full",
  description: "A part of a policy depends on what only a cluster has. It is not judged, or judged without that.",
};

/** What in the policies probably has no effect. */
export function warningsOf({ judge, builtins = [], derived }: CheckRequest): readonly PolicyWarning[] {
  const ofBuiltins = builtins.flatMap(({ ofPolicies, digest }) =>
    ofPolicies === undefined
      ? []
      : derivedOnce(derived, `warnings ${judge.digest} ${digest}`, () => ofPolicies(judge.fieldsRead ?? [])),
  );
  return [...(judge.warnings ?? []), ...ofBuiltins];
}

/** Findings about the policies themselves, at their own lines. `status`: policies are those of the tree before. */
export function findingsOfPolicies(
  warnings: readonly PolicyWarning[],
  levelOf: LevelOf,
  status: Finding["status"],
): readonly Finding[] {
  return warnings.flatMap(({ path, line, message, gap }) => {
    const { id, ...about } = gap === undefined ? dead : partial;
    const level = levelOf(id, undefined) ?? gap ?? "warn";
    if (level === "off") return [];
    return [
      {
        policy: id,
        rule: "effect",
        level,
        message,
        status,
        manifest: { apiVersion: "rego", kind: "Policy", name: path },
        location: { path, line, precision: "value" },
        pointer: "",
        fingerprint: sha256(JSON.stringify([id, path, message])),
        ...about,
      },
    ];
  });
}
