import type { Engine } from "../../engine/judge-engine.ts";
import type { ReportedProblem } from "../../model/finding.ts";
import type { Problem } from "../../model/problem.ts";
import type { Report } from "../../model/report.ts";
import { requirementsOf, type PolicySet } from "./policy-set.ts";

/**
 * The report while no rules are in force: nothing can be judged, so only a change to the rules alone may pass, and only
 * if they compile and reach what they require of themselves.
 */
export async function bootstrapReport(
  request: { readonly now: string; readonly after: string; readonly before?: string; readonly how: string },
  proposed: PolicySet,
  other: readonly string[],
  examine: Engine["examine"],
): Promise<Report> {
  const problems: Problem[] = [];
  if (proposed.kind === "none") {
    problems.push({
      stage: "config",
      message:
        "This repository is enrolled, but none of its rules ever compiled, and this change leaves it without portcullis.yaml. Add a portcullis.yaml whose policies compile.",
    });
  } else {
    problems.push(...proposed.problems);
    if (proposed.problems.length === 0) problems.push(...(await examine(proposed, requirementsOf(proposed))));
  }
  if (other.length > 0) {
    const named = other.slice(0, 5).join(", ") + (other.length > 5 ? ` and ${other.length - 5} more` : "");
    problems.push({
      stage: "config",
      ...(other[0] === undefined ? {} : { path: other[0] }),
      message: `No rules are in force yet, because those on the default branch do not compile. Until they do, only changes to portcullis.yaml and the policies can pass; this one also touches ${named}.`,
    });
  }
  const set = proposed.kind === "set" ? proposed : undefined;
  return {
    version: 1,
    verdict: problems.length > 0 ? "error" : "pass",
    counts: {
      manifests: 0,
      sources: 0,
      introduced: 0,
      existing: 0,
      fixed: 0,
      waived: 0,
      problems: problems.length,
      gaps: 0,
    },
    findings: [],
    problems: problems.map((problem): ReportedProblem => ({ ...problem, status: "introduced" })),
    checked: [],
    skipped: [],
    sources: [],
    gaps: [],
    now: request.now,
    judged: {
      after: request.after,
      how: request.how,
      ...(request.before === undefined ? {} : { before: request.before }),
    },
    policies: { digest: set?.digest ?? "none", count: set?.judge.policies.length ?? 0 },
    mode: "enforce",
  };
}
