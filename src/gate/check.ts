import type { ConfigSource } from "../config/read-config.ts";
import type { Config } from "../model/config.ts";
import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Judge } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import type { Judged, Report } from "../model/report.ts";
import type { Tree } from "../model/tree.ts";
import { discover } from "../render/discover.ts";
import type { KustomizationReading } from "../render/kustomization.ts";
import type { ScopedFile } from "../render/role.ts";
import { scopeOf } from "../render/scope.ts";
import { assembleReport } from "./assemble.ts";
import type { CheckCache, JudgedFile } from "./cache.ts";
import { classify } from "./classify.ts";
import { compareFiles, contentKey } from "./compare-files.ts";
import { drafter } from "./drafts.ts";
import { unmetExpectations } from "./expectations.ts";
import { created, judgeChange } from "./judge-change.ts";
import { judgeFiles, readFiles } from "./judge-files.ts";
import { levelsAt } from "./levels.ts";
import { problemStatus, type MarkedProblem } from "./problem-status.ts";
import { verdictOf } from "./verdict.ts";

/** What one judgement of one pair of trees needs. */
export interface CheckRequest {
  /** Absent: `after` is judged as it is, and every finding and problem is introduced. */
  readonly before?: Tree;
  readonly after: Tree;
  readonly config: Config;
  /** Where the configuration was read, so that its problems have a line; absent for defaults. */
  readonly configSource?: ConfigSource;
  readonly judge: Judge;
  /** The job's time, RFC 3339; the judge was made with the same. */
  readonly now: string;
  readonly judged: Judged;
  /** Files and directories of the tree that a person named; only these are judged. A file named here is in scope whatever its extension. */
  readonly paths?: readonly string[];
  /** Problems found on the way here (configuration, policies); they are always introduced. */
  readonly problems?: readonly Problem[];
  /** Which level blocks; default `deny`. Problems block whatever it says. */
  readonly failOn?: "deny" | "warn" | "never";
  /** Nothing to judge is no problem. */
  readonly allowEmpty?: boolean;
  readonly cache?: CheckCache;
  /** Told of work done, for a progress line: files judged so far, of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Judges the tree after a change against the tree before it. Never rejects for what stands in the trees: that is a problem of the report. */
export async function check(request: CheckRequest): Promise<Report> {
  const { after, before, config, judge, cache } = request;
  const paths = request.paths ?? [];
  const scope = scopeOf(config.manifests, paths);
  const kustomizations = cache?.kustomizations ?? new Map<string, KustomizationReading>();
  const filesAfter = await discover(after, scope, kustomizations);
  const filesBefore = before === undefined ? [] : await discover(before, scope, kustomizations);
  const treePaths = await pathsOf(before === undefined ? [after] : [after, before]);
  const knownPaths = new Set(treePaths);
  const draft = drafter({
    policies: judge.policies,
    levels: levelsAt(config.levels, request.now),
    hasPath: (path) => knownPaths.has(path),
  });

  // Without a tree before, everything is new; there is nothing to match, so nothing of a file needs to be kept.
  const compared =
    before === undefined ? { same: filesAfter, before: [], after: [] } : compareFiles(filesBefore, filesAfter);
  const judged = await judgeWhole(request, compared.same, filesAfter.length);
  const change = await judgeChange(
    judge,
    before === undefined ? [] : await all(readFiles(before, compared.before)),
    await all(readFiles(after, compared.after)),
    draft,
  );
  request.onProgress?.(filesAfter.length, filesAfter.length);

  const findings: Finding[] = change.comparisons.flatMap(classify);
  // Untouched files first: a copy of an unreadable file must not take the place of the old one.
  const problemsBefore: MarkedProblem[] = [];
  const problemsAfter: MarkedProblem[] = [];
  for (const [file, { manifests, problems }] of judged) {
    for (const manifest of manifests) {
      for (const { finding, readsChange } of draft(manifest)) {
        if (before === undefined) findings.push({ ...finding, status: "introduced" });
        else if (!readsChange) findings.push({ ...finding, status: "existing" });
      }
    }
    problemsAfter.push(...marked(file, problems));
    if (before !== undefined) problemsBefore.push(...marked(file, problems));
  }
  for (const [file, { problems }] of change.before) problemsBefore.push(...marked(file, problems));
  for (const [file, { problems }] of change.after) problemsAfter.push(...marked(file, problems));
  const files = new Map([...judged, ...change.after].map(([file, outcome]) => [file.entry.path, outcome]));
  const ownProblems = [
    ...(request.problems ?? []),
    ...judge.problems,
    ...unmetExpectations(config, request.configSource, { judge, paths: treePaths, named: paths }),
  ];
  const problems: ReportedProblem[] = [
    ...ownProblems.map((problem) => ({ ...problem, status: "introduced" as const })),
    ...problemStatus(problemsBefore, problemsAfter),
  ];
  if (problems.length === 0) problems.push(...nothingJudged(request, files));

  const { block, mode } = config;
  return assembleReport({
    frame: {
      verdict: verdictOf(findings, problems, { block, mode, failOn: request.failOn ?? "deny" }),
      now: request.now,
      judged: request.judged,
      policies: { digest: judge.digest, count: judge.policies.length },
      mode,
      ...(before === undefined ? {} : { changes: change.counts }),
    },
    findings,
    problems,
    files,
    touched: new Set(compared.after.map(({ entry }) => entry.path)),
  });
}

type Outcomes = (readonly [ScopedFile, JudgedFile])[];

/** Judges files that stand in no relation to another tree, each as if it were new; known ones come from the cache. */
async function judgeWhole(
  { after, judge, cache, now, onProgress }: CheckRequest,
  files: readonly ScopedFile[],
  total: number,
): Promise<Outcomes> {
  const outcomes: Outcomes = [];
  const asked = JSON.stringify([judge.digest, judge.readsTime === false ? null : now]);
  const keyOf = (file: ScopedFile): string => `${asked}\0${file.entry.path}\0${contentKey(file)}`;
  const unknown = files.filter((file) => {
    const known = cache?.files.get(keyOf(file));
    if (known !== undefined) outcomes.push([file, known]);
    return known === undefined;
  });
  await judgeFiles(judge, readFiles(after, unknown), created, (file, outcome) => {
    outcomes.push([file, outcome]);
    // What a policy could not answer this time (too slow, too large) it may answer the next.
    if (outcome.problems.every(({ stage }) => stage !== "evaluate")) cache?.files.set(keyOf(file), outcome);
    onProgress?.(outcomes.length, total);
  });
  return outcomes;
}

/** Having judged nothing is no pass, unless that was asked for or a change simply touches no manifest. */
function nothingJudged(request: CheckRequest, files: ReadonlyMap<string, JudgedFile>): readonly ReportedProblem[] {
  if (request.allowEmpty === true) return [];
  if (request.judge.policies.length === 0) {
    return [
      {
        stage: "compile",
        status: "introduced",
        message: "the policy set has no rule: expected at least one deny, violation or warn",
      },
    ];
  }
  if (request.before !== undefined || [...files.values()].some(({ manifests }) => manifests.length > 0)) return [];
  const where =
    request.paths === undefined || request.paths.length === 0 ? request.config.manifests.include : request.paths;
  return [{ stage: "read", status: "introduced", message: `no Kubernetes manifest under ${where.join(", ")}` }];
}

function marked(file: ScopedFile, problems: readonly Problem[]): readonly MarkedProblem[] {
  return problems.map((problem) => ({ problem, content: contentKey(file) }));
}

async function pathsOf(trees: readonly Tree[]): Promise<readonly string[]> {
  const lists = await Promise.all(trees.map((tree) => tree.list()));
  return [...new Set(lists.flat().map(({ path }) => path))];
}

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
