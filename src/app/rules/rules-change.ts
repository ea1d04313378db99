import type { CheckRequest } from "../../gate/check-request.ts";
import { check } from "../../gate/check.ts";
import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { Problem } from "../../model/problem.ts";
import type { Report, Verdict } from "../../model/report.ts";
import type { Tree } from "../../model/tree.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import { CONFIG_FILE } from "../../config/config-file.ts";
import type { PolicySet } from "./policy-set.ts";
import { weakeningFinding, weakenings } from "./weakening.ts";

type Set = Extract<PolicySet, { readonly kind: "set" }>;

/** The paths of a tree that determine how it is judged. */
function rulesPaths(set: PolicySet): readonly string[] {
  return set.kind === "none" ? [CONFIG_FILE] : [CONFIG_FILE, set.source.path, ...set.roots];
}

function within(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => {
    const bare = root.replace(/^\.\//, "").replace(/\/+$/, "");
    return bare === "" || bare === "." || path === bare || path.startsWith(`${bare}/`);
  });
}

/** The paths whose content differs between two trees, sorted. */
export async function changedPaths(before: Tree | undefined, after: Tree): Promise<readonly string[]> {
  const old = new Map((await before?.list())?.map((entry) => [entry.path, entry]) ?? []);
  const changed: string[] = [];
  for (const entry of await after.list()) {
    const was = old.get(entry.path);
    old.delete(entry.path);
    if (was === undefined || was.id !== entry.id || was.kind !== entry.kind) changed.push(entry.path);
  }
  return [...changed, ...old.keys()].toSorted();
}

/** Whether a change touches the rules of the repository, and which other paths it touches. */
export function splitChange(
  changed: readonly string[],
  ...sets: readonly PolicySet[]
): { readonly rules: boolean; readonly other: readonly string[] } {
  const roots = sets.flatMap(rulesPaths);
  const other = changed.filter((path) => !within(path, roots));
  return { rules: other.length < changed.length, other };
}

/** The tree after the merge, and how its desired state is found. */
interface Trees {
  readonly after: Tree;
  readonly now: string;
  readonly desired: Pick<CheckRequest, "renderer" | "remotes" | "repositories" | "branches" | "cache">;
}

/** What a change of the rules adds to the report by the rules in force. */
export interface RulesChange {
  readonly findings: readonly Finding[];
  readonly problems: readonly ReportedProblem[];
  readonly notes: readonly string[];
}

/**
 * Describes what the proposed rules would do. They are not in force yet: only rules on the default branch are trusted.
 */
export async function describeRulesChange(
  inForce: Set,
  proposed: PolicySet,
  before: PolicySet,
  trees: Trees & { readonly branch: string },
): Promise<RulesChange> {
  const rulesOf = (set: Set) => ({ config: set.config, policies: set.judge.policies.map((policy) => policy.id) });
  const sentences = weakenings(
    rulesOf(inForce),
    proposed.kind === "none" ? undefined : rulesOf(proposed),
    trees.now.slice(0, 10),
  );
  const findings = sentences.map((sentence) => weakeningFinding(sentence, 1));
  const notes = [
    `This change edits the rules themselves. It is judged by the rules on ${trees.branch}; its own rules take effect once it is merged.`,
  ];
  if (proposed.kind === "none") return { findings, problems: [], notes };
  const known = new Set(before.kind === "none" ? [] : before.problems.map(keyOf));
  const problems = proposed.problems.map((problem): ReportedProblem => ({
    ...problem,
    status: known.has(keyOf(problem)) ? "existing" : "introduced",
  }));
  if (proposed.problems.length > 0) return { findings, problems, notes };
  const next = await wouldFind(inForce, proposed, trees);
  return { findings, problems: next.problems, notes: [...notes, next.note] };
}

/** What the proposed rules would find, and what of them matches nothing in the tree: once in force, that would block. */
async function wouldFind(
  inForce: Set,
  proposed: Set,
  trees: Trees,
): Promise<{ readonly note: string; readonly problems: readonly ReportedProblem[] }> {
  const whole = async (set: Set): Promise<Report> =>
    check({
      ...trees.desired,
      builtins: builtinChecks(set.config, set.source).builtins,
      after: trees.after,
      config: set.config,
      configSource: set.source,
      judge: set.judge,
      now: trees.now,
      judged: { after: trees.after.name, how: "whole tree" },
      allowEmpty: true,
    });
  const [old, next] = [await whole(inForce), await whole(proposed)];
  const text = (report: Report): string =>
    `${count(report.findings, "deny")} denied, ${count(report.findings, "warn")} warned`;
  const known = new Set(old.problems.map(keyOf));
  return {
    note: `On the whole tree after the merge, the rules in force give ${text(old)}; the proposed rules would give ${text(next)}.`,
    problems: next.problems.filter((problem) => problem.stage === "config" && !known.has(keyOf(problem))),
  };
}

function count(findings: readonly Finding[], level: Finding["level"]): number {
  return findings.filter((finding) => finding.level === level).length;
}

function keyOf(problem: Problem): string {
  return `${problem.stage}\0${problem.path}\0${problem.message}`;
}

/**
 * The report with the effects of a change of the rules added. A problem that the change introduces blocks like any
 * other.
 */
export function withRulesChange(report: Report, change: RulesChange): Report {
  const findings = [...report.findings, ...change.findings].toSorted(byPlace);
  const problems = [...report.problems, ...change.problems];
  const introduced = change.problems.some((problem) => problem.status === "introduced");
  return {
    ...report,
    verdict: introduced ? "error" : atLeastWarn(report.verdict, change.findings.length > 0),
    findings,
    problems,
    counts: {
      ...report.counts,
      introduced: report.counts.introduced + change.findings.length,
      problems: report.counts.problems + change.problems.length,
    },
  };
}

function atLeastWarn(verdict: Verdict, warned: boolean): Verdict {
  return verdict === "pass" && warned ? "warn" : verdict;
}

function byPlace(a: Finding, b: Finding): number {
  const [x, y] = [a.location, b.location];
  if (x.path !== y.path) return x.path < y.path ? -1 : 1;
  if (x.line !== y.line) return x.line - y.line;
  return a.policy === b.policy ? 0 : a.policy < b.policy ? -1 : 1;
}
