import type { Engine } from "../../engine/judge-engine.ts";
import { unmetBranches, type RepositoryBranches } from "../../gate/gated-branches.ts";
import type { Report } from "../../model/report.ts";
import type { JudgeAnswer, JudgeRequest, Unanswered } from "../judge/protocol.ts";
import { bootstrapReport } from "./bootstrap.ts";
import { withExamples } from "./examples.ts";
import type { PolicySet } from "./policy-set.ts";

type Set = Extract<PolicySet, { readonly kind: "set" }>;

/** How a preview judges: the tests of policies, and a change by a policy set. */
interface PreviewMeans {
  readonly examine: Engine["examine"];
  readonly checkBy: (set: Set) => Promise<{ readonly report: Report; readonly unanswered: readonly Unanswered[] }>;
}

/**
 * Judges a change that would enroll the repository by the rules that it proposes. It blocks where they cannot be read or do
 * not compile, where their tests fail or their configuration matches nothing, and where they block the change itself; not
 * for what was there before.
 */
export async function judgePreview(
  request: JudgeRequest,
  proposed: PolicySet,
  branches: RepositoryBranches | undefined,
  { examine, checkBy }: PreviewMeans,
): Promise<JudgeAnswer> {
  const enrolls = `This change would enroll the repository. It is judged by the rules that it proposes, as a preview; they take effect once it is merged into ${request.branch}.`;
  const answer = { kind: "judged", block: "introduced", notes: [enrolls], unanswered: [] } as const;
  const unmet = proposed.kind === "none" ? [] : unmetBranches(proposed.config.branches, proposed.source, branches);
  const rules = proposed.kind === "none" ? proposed : { ...proposed, problems: [...proposed.problems, ...unmet] };
  const own = await bootstrapReport(request, rules, [], examine);
  if (rules.kind === "none" || own.verdict === "error") return { ...answer, report: own };
  const { report, unanswered } = await checkBy(withoutServers(rules));
  const existing = report.findings.filter(({ status, level }) => status === "existing" && level !== "info");
  return {
    ...answer,
    report: strictOfRules(report),
    block: rules.config.block,
    notes: [enrolls, ...(existing.length === 0 ? [] : [whatExists(existing, rules.config.block)])],
    unanswered,
  };
}

/** The change may not have a server asked that nobody accepted: only what the tree before it refers to is fetched. */
function withoutServers(set: Set): Set {
  const fetch = set.config.remotes.fetch === "off" ? "off" : "known";
  return { ...set, config: { ...set.config, remotes: { fetch, allow: [], mirrors: {} } } };
}

/** What is wrong with the rules themselves blocks even where they only report. */
function strictOfRules(report: Report): Report {
  const isWrong = report.problems.some(({ stage, status }) => stage === "config" && status === "introduced");
  return isWrong ? { ...report, mode: "enforce" } : report;
}

function whatExists(existing: Report["findings"], block: JudgeAnswer["block"]): string {
  const effect = block === "all" ? "They would block every change" : "They would not block later changes";
  return `The repository already has ${withExamples(existing)}. ${effect}.`;
}
