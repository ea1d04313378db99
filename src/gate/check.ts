import type { ConfigSource } from "../config/read-config.ts";
import type { BuiltinCheck } from "../model/builtin-check.ts";
import type { Change } from "../model/change.ts";
import type { Config } from "../model/config.ts";
import type { ReportedProblem } from "../model/finding.ts";
import type { Judge, PolicyWarning } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import type { Renderer } from "../model/renderer.ts";
import type { Gap } from "../model/source.ts";
import type { JudgedTrees, Report } from "../model/report.ts";
import type { Tree } from "../model/tree.ts";
import type { DesiredState } from "../render/desired-state.ts";
import { derivedOnce, type Derived } from "../model/derived.ts";
import { environmentsOf } from "../render/environments.ts";
import { scopeOf } from "../render/files/scope.ts";
import { askingOnce } from "./judging/ask-once.ts";
import { assembleReport } from "./reporting/assemble-report.ts";
import type { CheckCache, JudgedSource } from "./judged-source.ts";
import { classify, type Comparison } from "./comparing/classify.ts";
import { comparisonsOf } from "./comparing/compare-change.ts";
import { compareFiles, compareUnits } from "./compare-origins.ts";
import { findingsOfChange, findingsOfStates } from "./comparing/builtin-findings.ts";
import { drafter } from "./comparing/drafts.ts";
import { unmetExpectations } from "./expectations.ts";
import { unknownKinds } from "./judging/facts.ts";
import { gapProblems, reportGaps } from "./reporting/gaps.ts";
import { groupFindings } from "./placing/group-findings.ts";
import { judgeChange } from "./judging/judge-change.ts";
import { judgeAsNew, type AsNewContext } from "./judging/judge-as-new.ts";
import type { JudgingThreads } from "./judging/judge-apart.ts";
import { levelsOf } from "./levels.ts";
import { countChanges, listChanges } from "./reporting/manifest-changes.ts";
import { findingsOfPolicies } from "./reporting/policy-warnings.ts";
import { placeFindings } from "./placing/place-findings.ts";
import { problemsOf } from "./comparing/problem-status.ts";
import { isUnit, type Origin, type ReadOrigin } from "./reading.ts";
import {
  BudgetError,
  workBudget,
  type JudgementDeadline,
  type WorkBudget,
  type WorkLimits,
} from "./judging/work-budget.ts";
import { readFiles, readUnits } from "./judging/read-origins.ts";
import { changedFiles } from "./placing/relocate.ts";
import { compareSame } from "./comparing/same-origins.ts";
import { nothing, overviewOf, sourcesById, stateFinder, type States } from "./states.ts";
import { compareToolViolations } from "./comparing/tool-violations.ts";
import { verdictOf } from "./reporting/verdict.ts";

/** The input of a check: one tree, or the trees before and after a change. */
export interface CheckRequest {
  /** Absent: `after` is judged as it is, and every finding and problem is introduced. */
  readonly before?: Tree;
  readonly after: Tree;
  readonly config: Config;
  /** Where the configuration was read, so that its problems have a line; absent for defaults. */
  readonly configSource?: ConfigSource;
  readonly judge: Judge;
  readonly derived?: Derived;
  /** Policies without Rego. */
  readonly builtins?: readonly BuiltinCheck[];
  /** Absent: nothing is rendered, every file is judged as it stands. */
  readonly renderer?: Renderer;
  /** URLs under which this repository is known, besides those of the configuration. */
  readonly repositories?: readonly string[];
  /** Names of the branch that the trees belong to; absent: unknown. */
  readonly branches?: readonly string[];
  /** The job's time, RFC 3339; the judge was made with the same. */
  readonly now: string;
  readonly judged: JudgedTrees;
  /** Files and directories of the tree that a person named; only these are judged. A file named here is in scope whatever its extension. */
  readonly paths?: readonly string[];
  /** Problems found on the way here (configuration, policies); they are always introduced. */
  readonly problems?: readonly Problem[];
  /** Files below the paths of the policies that are not policies. */
  readonly unusedPolicies?: readonly string[];
  /** Which level blocks; default `deny`. Problems block whatever it says. */
  readonly failOn?: "deny" | "warn" | "never";
  /** Nothing to judge is no problem. */
  readonly allowEmpty?: boolean;
  readonly cache?: CheckCache;
  /** Judge files beside this thread; absent: this thread judges all. */
  readonly threads?: JudgingThreads;
  /** Other limits of the judgement's work than the defaults. */
  readonly limits?: Partial<WorkLimits>;
  /** Absent: it may take any time. */
  readonly deadline?: JudgementDeadline;
  /** The difference that a change makes to one object, as text for the report; absent: none is shown. */
  readonly diff?: (change: Change) => string;
  /** Told of work done, for a progress line: files and sources judged so far, of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

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

/** The report of a change that would take too much work: nothing but the problem. */
function refused({ judge, config, now, judged }: CheckRequest, problem: Problem): Report {
  const policies = { digest: judge.digest, count: judge.policies.length };
  return assembleReport({
    frame: { verdict: "error", now, judged, policies, mode: config.mode, manifestChanges: [], unknownKinds: [] },
    findings: [],
    problems: [{ ...problem, status: "introduced" }],
    origins: [],
    sources: [],
    gaps: [],
    touched: new Set(),
  });
}

async function checkWithin(budget: WorkBudget, request: CheckRequest): Promise<Report> {
  const { after, before, config, judge, builtins = [] } = request;
  const states = await findStates(request, budget);
  const isChange = before !== undefined;
  const treePaths = await pathsOf(isChange ? [after, before] : [after]);
  const draft = draftsOf(request, treePaths);
  const total = states.after.files.length + states.after.units.length;
  const asNew = asNewContextOf(request, states.after, budget, (done) => request.onProgress?.(done, total));

  // Without a tree before, everything is new and nothing needs to be matched, so content is not kept.
  const files = isChange ? compareFiles(states.before.files, states.after.files) : allSame(states.after.files);
  const units = isChange ? compareUnits(states.before.units, states.after.units) : allSame(states.after.units);
  const known = await judgeAsNew(asNew, files.same, units.same);
  const change = await judgeChange(
    { judge: units.before.length + units.after.length > 0 ? asNew.judgeOnce : judge, builtins },
    {
      states,
      same: known.map(([, judged]) => judged),
      before: isChange
        ? await all(budget, readFiles(before, files.before, asNew.landing), readUnits(units.before))
        : [],
      after: await all(budget, readFiles(after, files.after, asNew.landing), readUnits(units.after)),
    },
  );
  request.onProgress?.(total, total);

  const same = await compareSame(asNew, known, change, isChange ? "existing" : "introduced", draft);
  const judged = {
    before: isChange ? [...same.judged, ...change.before.origins] : [],
    after: [...same.judged, ...change.after.origins],
  };
  const sources = { before: sourcesById(states.before), after: sourcesById(states.after) };
  const overview = {
    before: overviewOf(judged.before, sources.before),
    after: overviewOf(judged.after, sources.after),
  };
  const changes = change.changes.filter(({ kind }) => kind !== "unchanged");
  const comparisons: readonly Comparison[] = [
    ...same.comparisons,
    ...comparisonsOf(change, draft),
    ...compareToolViolations(states.before, states.after, draft),
    ...findingsOfStates(builtins, overview, draft),
    ...(isChange
      ? [await findingsOfChange(builtins, { changes, ...overview, unjudged: states.after.unjudged }, change, draft)]
      : []),
  ];
  const changedInTree = isChange ? await changedFiles(before, after) : undefined;
  const ofPolicies = findingsOfPolicies(
    warningsOf(request),
    levelsOf(config, request.now),
    isChange ? "existing" : "introduced",
  );
  const findings = [
    ...ofPolicies,
    ...groupFindings(
      await placeFindings([...same.classified, ...comparisons.flatMap(classify)], {
        change,
        sources,
        files: changedInTree,
      }),
    ),
  ];

  const gaps = reportGaps(
    isChange ? gapsOf(states.before, judged.before) : undefined,
    gapsOf(states.after, judged.after),
  );
  const problems: ReportedProblem[] = [
    ...ownProblems(request, treePaths, reachedBy(states, [...judged.before, ...judged.after])).map((problem) => ({
      ...problem,
      status: "introduced" as const,
    })),
    ...problemsOf(
      { origins: judged.before, planning: states.before.problems },
      { origins: judged.after, planning: states.after.problems },
    ),
    ...gapProblems(gaps, config.gaps, isChange),
  ];
  if (problems.length === 0) problems.push(...nothingJudged(request, judged.after));

  const { block, mode } = config;
  return assembleReport({
    frame: {
      verdict: verdictOf(findings, problems, { block, mode, failOn: request.failOn ?? "deny" }),
      now: request.now,
      judged: request.judged,
      policies: { digest: judge.digest, count: judge.policies.length },
      mode,
      ...(isChange ? { changes: countChanges(changes) } : {}),
      manifestChanges: isChange ? listChanges(changes, { sources, after: overview.after, diff: request.diff }) : [],
      unknownKinds: unknownKinds(
        judged.after.map(([, one]) => one),
        change.after.facts,
      ),
    },
    findings,
    problems,
    origins: judged.after,
    sources: states.after.graph.sources,
    gaps,
    touched: new Set(files.after.map(({ entry }) => entry.path)),
    unusedPolicies: request.unusedPolicies ?? [],
  });
}

async function findStates(
  { before, after, config, cache, ...request }: CheckRequest,
  budget: WorkBudget,
): Promise<States> {
  const find = stateFinder({
    scope: scopeOf(config.manifests, request.paths ?? []),
    config,
    renderer: request.renderer,
    repositories: [...(request.repositories ?? []), ...config.repositories],
    branches: request.branches ?? [],
    cache,
    onRendered: ({ key, id, bytes }) => budget.spendOnce(key, id, { sources: 1, bytes }),
  });
  if (before === undefined) return { before: nothing, after: await find(after) };
  const earlier = await find(before);
  return { before: earlier, after: await find(after, earlier.baseline) };
}

/** What in the policies probably has no effect. */
function warningsOf({ judge, builtins = [], derived }: CheckRequest): readonly PolicyWarning[] {
  const ofBuiltins = builtins.flatMap(({ ofPolicies, digest }) =>
    ofPolicies === undefined
      ? []
      : derivedOnce(derived, `warnings ${judge.digest} ${digest}`, () => ofPolicies(judge.fieldsRead ?? [])),
  );
  return [...(judge.warnings ?? []), ...ofBuiltins];
}

function draftsOf({ judge, builtins = [], config, now }: CheckRequest, treePaths: readonly string[]) {
  const knownPaths = new Set(treePaths);
  return drafter({
    policies: [...judge.policies, ...builtins.flatMap(({ policies }) => policies)],
    levelOf: levelsOf(config, now),
    hasPath: (path) => knownPaths.has(path),
  });
}

function asNewContextOf(
  { before, after, judge, builtins = [], config, now, cache, threads }: CheckRequest,
  { isClusterScoped, scopes }: DesiredState,
  budget: WorkBudget,
  onJudged: AsNewContext["onJudged"],
): AsNewContext {
  const hasEnvironments = Object.keys(config.environments).length > 0;
  return {
    tree: after,
    judges: { judge, builtins },
    judgeOnce: askingOnce(judge),
    landing: {
      environmentsOf: (path) => (hasEnvironments ? environmentsOf({ path }, config) : none),
      isClusterScoped,
      scopes,
    },
    threads,
    now,
    cache,
    // What the change does not touch counts only towards its time.
    onRead: (of, manifests) => budget.spend(nameOf(of), before === undefined ? { manifests } : {}),
    onJudged,
  };
}

const none: readonly string[] = [];

function allSame<Of>(same: readonly Of[]) {
  return { same, before: none as readonly Of[], after: none as readonly Of[] };
}

function ownProblems(
  request: CheckRequest,
  paths: readonly string[],
  reached: ReadonlySet<string>,
): readonly Problem[] {
  const { config, configSource, judge, problems = [], paths: named = [] } = request;
  return [...problems, ...judge.problems, ...unmetExpectations(config, configSource, { judge, paths, named, reached })];
}

/** The environments that manifests of either tree land in. */
function reachedBy(
  { before, after }: States,
  judged: readonly (readonly [Origin, JudgedSource])[],
): ReadonlySet<string> {
  const sources = [...before.graph.sources, ...after.graph.sources].flatMap(({ environments }) => environments);
  const files = judged.flatMap(([, { manifests }]) => manifests.map(({ environment }) => environment));
  return new Set([...sources, ...files.filter((environment) => environment !== undefined)]);
}

function gapsOf({ graph }: DesiredState, judged: readonly (readonly [Origin, JudgedSource])[]): readonly Gap[] {
  return [...graph.gaps, ...judged.flatMap(([, { gaps = [] }]) => gaps)];
}

/** A problem where nothing was judged, unless `allowEmpty` is set or a change touches no manifest. */
function nothingJudged(
  request: CheckRequest,
  judged: readonly (readonly [Origin, JudgedSource])[],
): readonly ReportedProblem[] {
  if (request.allowEmpty === true) return [];
  if (request.judge.policies.length === 0) {
    return [
      {
        stage: "compile",
        status: "introduced",
        message: "the policies have no rule that can find anything: expected at least one deny, violation or warn rule",
      },
    ];
  }
  if (request.before !== undefined || judged.some(([, { manifests }]) => manifests.length > 0)) return [];
  const where =
    request.paths === undefined || request.paths.length === 0 ? request.config.manifests.include : request.paths;
  return [{ stage: "read", status: "introduced", message: `no Kubernetes manifest under ${where.join(", ")}` }];
}

async function pathsOf(trees: readonly Tree[]): Promise<readonly string[]> {
  const lists = await Promise.all(trees.map((tree) => tree.list()));
  return [...new Set(lists.flat().map(({ path }) => path))];
}

function nameOf(of: Origin): string {
  return isUnit(of) ? of.source.id : of.entry.path;
}

async function all(budget: WorkBudget, ...parts: readonly AsyncIterable<ReadOrigin>[]): Promise<readonly ReadOrigin[]> {
  const list: ReadOrigin[] = [];
  for (const part of parts) {
    for await (const item of part) {
      if (item.kind === "read") budget.spend(nameOf(item.of), { manifests: item.reading.manifests.length });
      list.push(item);
    }
  }
  return list;
}
