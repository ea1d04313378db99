import type { ReportedProblem } from "../model/finding.ts";
import type { Policy } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Report } from "../model/report.ts";
import type { DesiredState } from "../render/desired-state.ts";
import { environmentsOf } from "../render/environments.ts";
import type { CheckRequest } from "./check-request.ts";
import { classify } from "./comparing/classify.ts";
import { compareStates } from "./comparing/compare-states.ts";
import { drafter } from "./comparing/drafts.ts";
import { problemsOf } from "./comparing/problem-status.ts";
import { askingOnce } from "./judging/ask-once.ts";
import { unknownKinds } from "./judging/facts.ts";
import type { Judging } from "./judging/judge-once.ts";
import { judgeStates } from "./judging/judge-states.ts";
import { BudgetError, workBudget, type WorkBudget } from "./judging/work-budget.ts";
import { levelsOf } from "./levels.ts";
import { groupFindings } from "./placing/group-findings.ts";
import { textsOf } from "./placing/written-at.ts";
import { placeFindings } from "./placing/place-findings.ts";
import { changedFiles } from "./placing/relocate.ts";
import { isUnit, type Origin } from "./reading.ts";
import { assembleReport } from "./reporting/assemble-report.ts";
import { gapProblems, gapsOf, reportGaps } from "./reporting/gaps.ts";
import { countChanges, listChanges } from "./reporting/manifest-changes.ts";
import { allRemotes, remoteChanges } from "./reporting/remote-changes.ts";
import { nothingJudged, ownProblems } from "./reporting/own-problems.ts";
import { findingsOfPolicies, warningsOf } from "./reporting/policy-warnings.ts";
import { verdictOf } from "./reporting/verdict.ts";
import { toldGaps } from "./remotes/told-gaps.ts";
import { asRestored, gapsAsRestored, onlyHad, problemsAsRestored } from "./restoring/as-restored.ts";
import { findRestored } from "./restoring/find-restored.ts";
import { findStates } from "./states.ts";
import { annotatedWaivers } from "./waivers/annotations.ts";
import { tellWaivers } from "./waivers/report-waivers.ts";
import { waivablePolicies, type WaiverRules } from "./waivers/read-waivers.ts";
import { waive } from "./waivers/waive.ts";
import { waiverStates } from "./waivers/waiver-states.ts";

/** Judges the tree after a change against the tree before it. Never rejects because of the trees' content: that becomes a problem in the report. */
export async function check(request: CheckRequest): Promise<Report> {
  try {
    const subject = request.before === undefined ? "the tree" : "the change";
    return await checkWithin(workBudget(subject, request.limits, request.deadline), request);
  } catch (error) {
    if (!(error instanceof BudgetError)) throw error;
    return refused(request, error.problem);
  }
}

async function checkWithin(budget: WorkBudget, request: CheckRequest): Promise<Report> {
  const { before, after, config, judge, builtins = [], now, diff } = request;
  const levelOf = levelsOf(config, now);
  const paths = await pathsOf(request);
  const policies = [...judge.policies, ...builtins.flatMap((builtin) => builtin.policies)];
  const rules = waiverRulesOf(request, policies);
  const waivers = await waiverStates(request, rules);

  const trees = await findStates(request, budget);
  const judging = judgingOf(request, trees.after, budget);
  const states = await judgeStates(judging, trees);
  const restored = await findRestored(request, judging, trees, budget);

  const draft = drafter({ policies, levelOf, hasPath: (path) => paths.has(path) });
  const comparisons = await compareStates(states, builtins, draft);
  const files = before === undefined ? undefined : await changedFiles(before, after);
  const placed = await placeFindings(asRestored(comparisons.flatMap(classify), restored), states, files);
  const found = [
    ...findingsOfPolicies(warningsOf(request), levelOf, states.isChange ? "existing" : "introduced"),
    ...onlyHad(groupFindings(placed, await textsOf(placed, request)), restored),
  ];

  const { block, mode } = config;
  const strictness = { block, mode, failOn: request.failOn ?? "deny" } as const;
  const open = reportGaps(states.isChange ? gapsOf(states.before) : undefined, gapsOf(states.after));
  const gaps = gapsAsRestored(open, restored);
  const told = toldGaps(
    gaps,
    placed.map(({ finding }) => finding),
    strictness,
  );
  const touches = files === undefined ? {} : { isTouched: (path: string) => files.changed(path) };
  const annotated = await annotatedWaivers(states.after.results, { rules, levelOf, ...touches });
  const waived = waive(
    { findings: found, problems: problemsAsRestored(problemsOf(states.before, states.after), restored), ...told },
    {
      states: waivers,
      annotated,
      isWaivable: config.waivers.files.length > 0 ? waivablePolicies(policies) : () => false,
      ...touches,
    },
  );
  const problems: ReportedProblem[] = [
    ...ownProblems(request, [...paths], states),
    ...waivers.problems,
    ...waived.problems,
    ...gapProblems(waived.blocking, config.gaps, states.isChange),
  ];
  if (problems.length === 0) problems.push(...nothingJudged(request, states.after));

  const { waivers: listed, findings: ofWaivers } = tellWaivers({
    states: waivers,
    use: waived.use,
    config: config.waivers,
    now,
    policies,
    levelOf,
    isChange: states.isChange,
    isWhole:
      (request.paths ?? []).length === 0 &&
      problems.every(({ path, waiver }) => path === undefined || waiver !== undefined),
  });
  const findings = [...waived.findings, ...ofWaivers, ...annotated.findings];

  return assembleReport({
    frame: {
      ...frameOf(request),
      verdict: verdictOf(findings, problems, strictness),
      ...(states.isChange ? { changes: countChanges(states.changes) } : {}),
      ...(restored === undefined ? {} : { restores: restored.told }),
      manifestChanges: listChanges(states, diff),
      ...(states.isChange ? { remoteChanges: remoteChanges(states) } : {}),
      unknownKinds: unknownKinds(states.after.results.values(), states.after.facts),
    },
    findings,
    problems,
    results: states.after.results,
    sources: states.after.state.graph.sources,
    gaps: waived.gaps,
    waivers: listed,
    waiverFiles: waivers.files,
    remotes: allRemotes(states),
    touched: states.touched,
    ...(request.configSource === undefined ? {} : { configuration: request.configSource.path }),
    unusedPolicies: request.unusedPolicies ?? [],
  });
}

/** The report of a change that would take too much work: nothing but the problem. */
function refused(request: CheckRequest, problem: Problem): Report {
  return assembleReport({
    frame: { ...frameOf(request), verdict: "error", manifestChanges: [], unknownKinds: [] },
    findings: [],
    problems: [{ ...problem, status: "introduced" }],
    results: new Map(),
    sources: [],
    gaps: [],
    touched: new Set(),
  });
}

function frameOf({ judge, config, now, judged }: CheckRequest): Pick<Report, "now" | "judged" | "policies" | "mode"> {
  return { now, judged, policies: { digest: judge.digest, count: judge.policies.length }, mode: config.mode };
}

function waiverRulesOf({ config, now }: CheckRequest, policies: readonly Policy[]): WaiverRules {
  return { config: config.waivers, now, policies };
}

/** The paths of all files of the trees. */
async function pathsOf({ before, after }: CheckRequest): Promise<ReadonlySet<string>> {
  const lists = await Promise.all((before === undefined ? [after] : [after, before]).map((tree) => tree.list()));
  return new Set(lists.flat().map(({ path }) => path));
}

function judgingOf(request: CheckRequest, after: DesiredState, budget: WorkBudget): Judging {
  const { config, judge, builtins = [], now, cache, threads, onProgress } = request;
  const hasEnvironments = Object.keys(config.environments).length > 0;
  const { isClusterScoped, scopes } = after;
  const open = new Set<Origin>([...after.files, ...after.units]);
  const total = open.size;
  return {
    trees: request,
    judges: { judge: askingOnce(judge), builtins },
    landing: {
      environmentsOf: (path) => (hasEnvironments ? environmentsOf({ path }, config) : []),
      isClusterScoped,
      scopes,
    },
    threads,
    now,
    cache,
    onRead: (of, manifests) => budget.spend(isUnit(of) ? of.source.id : of.entry.path, { manifests }),
    onJudged: (of) => {
      if (open.delete(of)) onProgress?.(total - open.size, total);
    },
  };
}
