import type { CheckRequest } from "../../gate/check-request.ts";
import { gatingDefault, unmetBranches, type RepositoryBranches } from "../../gate/gated-branches.ts";
import { check } from "../../gate/check.ts";
import type { Engine } from "../../engine/judge-engine.ts";
import { codeOwners } from "../../gate/code-owners.ts";
import { impactOf } from "../../gate/impact.ts";
import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { Impact } from "../../model/impact.ts";
import type { Problem } from "../../model/problem.ts";
import type { Report, Verdict } from "../../model/report.ts";
import type { Tree } from "../../model/tree.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import type { ConfigSource } from "../../config/read-config.ts";
import { CONFIG_FILE } from "../../config/config-file.ts";
import { withExamples } from "./examples.ts";
import { requirementsOf, type PolicySet } from "./policy-set.ts";
import { weakeningFinding, weakenings } from "./weakening.ts";

type Set = Extract<PolicySet, { readonly kind: "set" }>;

/** The paths of a tree that determine how it is judged. */
function rulesPaths(set: PolicySet): readonly string[] {
  return set.kind === "none" ? [CONFIG_FILE] : [CONFIG_FILE, set.source.path, ...set.roots];
}

/** Whether a path is one of these files, or in one of these directories. */
export function within(path: string, roots: readonly string[]): boolean {
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
  readonly desired: Pick<
    CheckRequest,
    "renderer" | "documentParser" | "remotes" | "repositories" | "branches" | "cache"
  >;
}

/** What a change of the rules adds to the report by the rules in force. */
export interface RulesChange {
  readonly findings: readonly Finding[];
  readonly problems: readonly ReportedProblem[];
  readonly notes: readonly string[];
  /** What the proposed rules would find otherwise in the whole tree; absent where they cannot be used. */
  readonly impact?: Impact;
}

/**
 * Describes what the proposed rules would do. They are not in force yet: only rules on the default branch are trusted.
 */
export async function describeRulesChange(
  inForce: Set,
  proposed: PolicySet,
  before: PolicySet,
  trees: Trees & {
    readonly branch: string;
    readonly branches?: RepositoryBranches | undefined;
    readonly examine: Engine["examine"];
  },
): Promise<RulesChange> {
  const rulesOf = (set: Set) => ({
    config: gatingDefault(set.config, trees.branch),
    policies: set.judge.policies,
  });
  const weakened = weakenings(
    rulesOf(inForce),
    proposed.kind === "none" ? undefined : rulesOf(proposed),
    trees.now.slice(0, 10),
  );
  const lineOf = (at: readonly string[]): number => (proposed.kind === "none" ? 1 : ownLine(proposed.source, at));
  const findings = weakened.map(({ sentence, at }) => weakeningFinding(sentence, lineOf(at)));
  const notes = [
    `This change edits the rules themselves. It is judged by the rules on ${trees.branch}; its own rules take effect once it is merged.`,
  ];
  if (proposed.kind === "none") return { findings, problems: [], notes };
  const problemsOf = (set: Set): readonly Problem[] => [
    ...set.problems,
    ...unmetBranches(set.config.branches, set.source, trees.branches),
  ];
  const known = new Set(before.kind === "none" ? [] : problemsOf(before).map(keyOf));
  const problems = problemsOf(proposed).map((problem): ReportedProblem => ({
    ...problem,
    status: known.has(keyOf(problem)) ? "existing" : "introduced",
  }));
  if (proposed.problems.length > 0) return { findings, problems, notes };
  const next = await wouldFind(inForce, proposed, trees);
  const lost = next.lost.length === 0 ? [] : [weakeningFinding(noLonger(next.lost), lineOf(["policies"]))];
  const failed = await unreached(inForce, proposed, before, trees.examine);
  return {
    findings: [...findings, ...lost],
    problems: [...problems, ...next.problems, ...failed],
    notes: [...notes, next.note],
    impact: next.impact,
  };
}

/**
 * What the proposed policies do not reach of what the rules in force require. What was so before the change is no fault of
 * it, unless it is further away now.
 */
async function unreached(
  inForce: Set,
  proposed: Set,
  before: PolicySet,
  examine: Engine["examine"],
): Promise<readonly ReportedProblem[]> {
  const required = requirementsOf(inForce);
  const found = await examine(proposed, required);
  if (found.length === 0) return [];
  const known = before.kind === "none" ? [] : await examine(before, required);
  return found.map(({ measured, ...problem }) => {
    const isKnown = known.some((one) =>
      measured === undefined || one.measured === undefined
        ? keyOf(one) === keyOf(problem)
        : one.path === problem.path && measured >= one.measured,
    );
    return { ...problem, status: isKnown ? "existing" : "introduced" };
  });
}

/** What the proposed rules would find, and what of them matches nothing in the tree: once in force, that would block. */
async function wouldFind(
  inForce: Set,
  proposed: Set,
  trees: Trees & { readonly branch: string },
): Promise<{
  readonly note: string;
  readonly problems: readonly ReportedProblem[];
  /** What the rules in force deny, and the proposed ones do not. */
  readonly lost: readonly Finding[];
  readonly impact: Impact;
}> {
  const whole = async (set: Set): Promise<Report> =>
    check({
      ...trees.desired,
      builtins: builtinChecks(set.config, set.source).builtins,
      after: trees.after,
      config: gatingDefault(set.config, trees.branch),
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
    lost: notDenied(old, next),
    // Who owns what is read from the tree that the rules are judged on; it decides nothing.
    impact: impactOf(old, next, await codeOwners(trees.after)),
  };
}

/** What one report denies, and another about the same tree does not: each with the first object in which it is lost. */
function notDenied(old: Report, next: Report): readonly Finding[] {
  // A message may be worded anew, and one place may have several.
  const denials = (report: Report) =>
    report.findings.flatMap((finding) => {
      if (finding.level !== "deny") return [];
      const { policy, location, pointer, reaches = [finding] } = finding;
      const keys = reaches.map(({ manifest, source }) => ({
        manifest,
        key: JSON.stringify([policy, manifest, location.path, pointer, source]),
      }));
      return [{ finding, keys }];
    });
  const denied = new Map<string, number>();
  for (const { keys } of denials(next)) for (const { key } of keys) denied.set(key, (denied.get(key) ?? 0) + 1);
  return denials(old).flatMap(({ finding, keys }) => {
    const lost = keys.filter(({ key }) => {
      const left = denied.get(key) ?? 0;
      denied.set(key, left - 1);
      return left <= 0;
    });
    return lost.slice(0, 1).map(({ manifest }) => ({ ...finding, manifest }));
  });
}

function noLonger(lost: readonly Finding[]): string {
  return `would no longer block, in the whole tree, ${withExamples(lost)}`;
}

/** The line of the repository's own file: of the key, or of `extends` where the key comes from there. */
export function ownLine(source: ConfigSource, keys: readonly string[]): number {
  const place = source.place(pointerTo(keys));
  return (place?.path === source.path ? place : source.place("/extends"))?.line ?? 1;
}

function pointerTo(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function count(findings: readonly Finding[], level: Finding["level"]): number {
  return findings.filter((finding) => finding.level === level).length;
}

function keyOf(problem: Problem): string {
  return `${problem.stage}\0${problem.path}\0${problem.message}`;
}

/** The report with problems that are not of its trees. */
export function withProblems(report: Report, problems: readonly Problem[], status: ReportedProblem["status"]): Report {
  return withRulesChange(report, {
    findings: [],
    problems: problems.map((problem) => ({ ...problem, status })),
    notes: [],
  });
}

/**
 * The report with the effects of a change of the rules added. A problem that the change introduces blocks like any
 * other.
 */
export function withRulesChange(report: Report, change: RulesChange): Report {
  const findings = [...report.findings, ...change.findings].toSorted(byPlace);
  const told = new Set(report.problems.map(keyOf));
  const more = change.problems.filter((problem) => problem.status === "introduced" || !told.has(keyOf(problem)));
  const problems = [...report.problems, ...more];
  const introduced = change.problems.some((problem) => problem.status === "introduced");
  return {
    ...report,
    verdict: introduced ? "error" : atLeastWarn(report.verdict, change.findings.length > 0),
    findings,
    problems,
    counts: {
      ...report.counts,
      introduced: report.counts.introduced + change.findings.length,
      problems: report.counts.problems + more.length,
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
