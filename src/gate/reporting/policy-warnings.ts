import { sha256 } from "../../manifest/sha256.ts";
import type { Finding } from "../../model/finding.ts";
import { derivedOnce } from "../../model/derived.ts";
import type { PolicyWarning } from "../../model/judge.ts";
import type { CheckRequest } from "../check-request.ts";
import type { LevelOf } from "../levels.ts";

/** The id of the builtin policy about policies that probably have no effect. */
const id = "policies/dead";

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
  const level = levelOf(id, undefined) ?? "warn";
  if (level === "off") return [];
  return warnings.map(({ path, line, message }) => ({
    policy: id,
    rule: "effect",
    level,
    message,
    status,
    manifest: { apiVersion: "rego", kind: "Policy", name: path },
    location: { path, line, precision: "value" },
    pointer: "",
    fingerprint: sha256(JSON.stringify([id, path, message])),
    title: "Policies have an effect",
    description: "A rule that reads what is not there is silent. Correct the name, or remove the rule.",
  }));
}
