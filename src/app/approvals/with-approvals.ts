import { isApproved, type DecidedNeed } from "../../gate/approvals/decide-approvals.ts";
import { verdictOf } from "../../gate/reporting/verdict.ts";
import type { Config } from "../../model/config.ts";
import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import type { RulesDecision } from "./asked-target.ts";

/** A report with what owners say: what they have not approved blocks. */
export function withApprovals(report: Report, decision: RulesDecision, block: Config["block"]): Report {
  const decided = new Map<string, DecidedNeed[]>();
  for (const one of decision.needs)
    decided.set(one.need.fingerprint, [...(decided.get(one.need.fingerprint) ?? []), one]);
  const findings = report.findings.map((finding): Finding => {
    const needs = decided.get(finding.fingerprint);
    if (needs === undefined) return finding;
    const { message, level, ...rest } = finding;
    const said = message.replace(/\.$/, "");
    // What policies of several owners are about needs one of each.
    const missing = missingApproval({ needs });
    if (missing !== undefined) return { ...rest, level: "deny", rule: "unapproved", message: `${said}: ${missing}.` };
    const logins = [...new Set(needs.flatMap(({ approvedBy }) => approvedBy))];
    return { ...rest, level, message: `${said}: approved by ${logins.map((login) => `@${login}`).join(", ")}.` };
  });
  const { problems, mode, verdict } = report;
  const isDecided = verdict === "fail" || verdict === "error" || isApproved(decision);
  return {
    ...report,
    findings,
    verdict: isDecided ? verdict : verdictOf(findings, problems, { block, mode, failOn: "deny" }),
  };
}

/** Sentences for the summary of the check. */
export function notesOn({ needs, uncounted }: RulesDecision): readonly string[] {
  const isMissing = !isApproved({ needs });
  return [
    ...(isMissing
      ? [
          "This change loosens the rules that judge it. It waits for owners: an approving review of this very head, by somebody who may write to the repository and has no part in the change. The check is judged again when they approve.",
        ]
      : []),
    ...new Set(needs.flatMap(({ remarks, approvedBy }) => (approvedBy.length > 0 ? [] : remarks))),
    ...uncounted,
  ];
}

/** Whose approval is missing, as the title of a check says it: `needs approval of @acme/security and @alice`; undefined: nobody's. */
export function missingApproval({ needs }: { readonly needs: readonly DecidedNeed[] }): string | undefined {
  const missing = [...new Set(needs.flatMap(({ by, approvedBy }) => (approvedBy.length > 0 ? [] : [by])))];
  return missing.length === 0 ? undefined : `needs approval of ${missing.join(" and ")}`;
}

/** The digests of the proposed waivers all of whose owners have approved them. */
export function approvedWaiversOf({ needs }: RulesDecision): readonly string[] {
  const of = (isMet: boolean): readonly string[] =>
    needs.flatMap(({ need, approvedBy }) =>
      need.waiver !== undefined && approvedBy.length > 0 === isMet ? [need.waiver] : [],
    );
  const unmet = new Set(of(false));
  return [...new Set(of(true))].filter((digest) => !unmet.has(digest));
}
