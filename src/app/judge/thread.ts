import { check } from "../../gate/check.ts";
import { manifestDiff } from "../../gate/reporting/manifest-diff.ts";
import { memoryCache } from "../../gate/memory-cache.ts";
import type { CheckCache } from "../../gate/judged-source.ts";
import type { Tree } from "../../model/tree.ts";
import { openRepository, type GitRepository } from "../../tree/git-repository.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import type { Engine } from "../../engine/judge-engine.ts";
import { CONFIG_FILE } from "../../config/config-file.ts";
import { bootstrapReport } from "../rules/bootstrap.ts";
import type { JobPorts } from "./pool.ts";
import { replayedRemotes } from "./replayed-remotes.ts";
import type {
  AheadAnswer,
  AheadRequest,
  JudgeAnswer,
  JudgeRequest,
  JudgeThreadAnswer,
  JudgeThreadRequest,
  PrepareAnswer,
  PrepareRequest,
} from "./protocol.ts";
import { readPolicySet, type PolicySet } from "../rules/policy-set.ts";
import { changedPaths, describeRulesChange, splitChange, withRulesChange } from "../rules/rules-change.ts";

/** Limits of what one thread keeps: policy sets, open mirrors, trees, and bytes of cached judgements and renderings. */
const SETS_KEPT = 8;
const MIRRORS_KEPT = 8;
const TREES_KEPT = 8;
const CACHE_BYTES = 64 * 1024 * 1024;
const RENDERED_BYTES = 128 * 1024 * 1024;

/**
 * Returns the function that handles the requests of one judge thread. Compiled policy sets are cached by commit, since
 * a commit never changes.
 */
export function createJudgeThread(
  engine: Engine,
): (request: JudgeThreadRequest, job: Required<JobPorts>) => Promise<JudgeThreadAnswer> {
  const sets = new Map<string, PolicySet>();
  const cache = memoryCache(CACHE_BYTES, RENDERED_BYTES);
  const mirrors = new Map<string, OpenMirror>();

  const openMirror = async (directory: string): Promise<OpenMirror> => {
    const known = mirrors.get(directory);
    mirrors.delete(directory);
    const mirror = known ?? { repository: await openRepository(directory), trees: new Map() };
    mirrors.set(directory, mirror);
    for (const [oldest, { repository }] of mirrors) {
      if (mirrors.size <= MIRRORS_KEPT) break;
      mirrors.delete(oldest);
      await repository.close();
    }
    return mirror;
  };

  const setAt = async (mirror: OpenMirror, commit: string, now: string): Promise<PolicySet> => {
    const known = sets.get(commit);
    sets.delete(commit);
    const timeless = known?.kind === "none" || known?.judge.readsTime === false;
    if (timeless && known !== undefined) {
      sets.set(commit, known);
      return known;
    }
    if (known?.kind === "set") await known.judge.close();
    const set = await readPolicySet(treeAt(mirror, commit), engine.makeJudge, now);
    // A problem may have been our own fault, so such a set is not cached.
    if (set.kind === "none" || set.problems.length === 0) sets.set(commit, set);
    for (const [oldest, old] of sets) {
      if (sets.size <= SETS_KEPT) break;
      sets.delete(oldest);
      if (old.kind === "set") await old.judge.close();
    }
    return set;
  };

  return async (request, job) => {
    const mirror = await openMirror(request.mirror);
    const at: SetAt = (commit) => setAt(mirror, commit, request.now);
    try {
      if (request.kind === "prepare") return await prepare(request, at);
      if (request.kind === "ahead") return await judgeAhead(request, mirror, at, { engine, cache, job });
      return forgetWhereRulesFailed(sets, await judge(request, mirror, at, { engine, cache, job }));
    } catch (error) {
      // The mirror may have been recreated while it was open.
      mirrors.delete(request.mirror);
      await mirror.repository.close();
      throw error;
    }
  };
}

/** An open mirror, with the trees that were listed already. */
interface OpenMirror {
  readonly repository: GitRepository;
  readonly trees: Map<string, Tree>;
}

function treeAt({ repository, trees }: OpenMirror, commit: string): Tree {
  const tree = trees.get(commit) ?? repository.tree(commit);
  trees.delete(commit);
  trees.set(commit, tree);
  for (const oldest of trees.keys()) {
    if (trees.size <= TREES_KEPT) break;
    trees.delete(oldest);
  }
  return tree;
}

/**
 * Drops the cached sets after a rule ran out of time or memory: its judge does not evaluate it again, the next job gets
 * a new judge.
 */
function forgetWhereRulesFailed(sets: Map<string, PolicySet>, judged: JudgeAnswer): JudgeAnswer {
  if (judged.report.problems.some((problem) => problem.stage === "evaluate")) sets.clear();
  return judged;
}

/** What a judgement works with. */
interface Means {
  readonly engine: Engine;
  readonly cache: CheckCache;
  readonly job: Required<JobPorts>;
}

type SetAt = (commit: string) => Promise<PolicySet>;

async function prepare(request: PrepareRequest, setAt: SetAt): Promise<PrepareAnswer> {
  const trusted = await setAt(request.trusted);
  if (trusted.kind === "none" && !request.enrolled) return { kind: "not enrolled" };
  if (trusted.kind === "set" && trusted.problems.length === 0) return inForce(request.trusted, trusted, []);
  const last = request.inForce === undefined ? undefined : await setAt(request.inForce);
  if (request.inForce !== undefined && last?.kind === "set" && last.problems.length === 0) {
    const first = trusted.kind === "set" ? trusted.problems[0] : undefined;
    const why =
      first === undefined
        ? `${CONFIG_FILE} was removed from ${request.branch}`
        : `the rules on ${request.branch} cannot be used (${[first.path, first.line].filter((part) => part !== undefined).join(":")}: ${first.message})`;
    return inForce(request.inForce, last, [
      `The rules of commit ${request.inForce.slice(0, 12)} are in force because they are the last that compiled: ${why}.`,
    ]);
  }
  return {
    kind: "none compiles",
    digest: trusted.kind === "set" ? trusted.digest : "none",
    problems: trusted.kind === "set" ? trusted.problems : [],
  };
}

function inForce(commit: string, set: Extract<PolicySet, { kind: "set" }>, notes: readonly string[]): PrepareAnswer {
  return {
    kind: "in force",
    commit,
    digest: set.digest,
    branches: set.config.branches,
    comments: set.config.comments === "on",
    notes,
  };
}

async function judge(
  request: JudgeRequest,
  mirror: OpenMirror,
  setAt: SetAt,
  { engine, cache, job }: Means,
): Promise<JudgeAnswer> {
  const after = treeAt(mirror, request.after);
  const before = request.before === undefined ? undefined : treeAt(mirror, request.before);
  const changed = await changedPaths(before, after);

  if (request.rules.kind === "none compiles") {
    const [trusted, proposed] = [await setAt(request.rules.trusted), await setAt(request.after)];
    const { other } = splitChange(changed, trusted, proposed);
    const report = await bootstrapReport(request, proposed, other, engine.runTests);
    return { kind: "judged", report, block: "introduced", notes: [], unanswered: [] };
  }

  const set = await setAt(request.rules.commit);
  if (set.kind === "none") throw new Error(`commit ${request.rules.commit} has no ${CONFIG_FILE}`);
  const { builtins, problems } = builtinChecks(set.config, set.source);
  const opened = engine.openRemotes(set.config.remotes, { urls: request.repositories, ...job });
  const fetching = opened === undefined ? undefined : replayedRemotes(opened);
  const desired = {
    renderer: engine.renderer,
    repositories: request.repositories,
    branches: [request.into],
    cache,
  };
  const report = await check({
    ...desired,
    ...(fetching === undefined ? {} : { remotes: fetching.remotes }),
    builtins,
    after,
    ...(before === undefined ? {} : { before }),
    config: set.config,
    configSource: set.source,
    judge: set.judge,
    now: request.now,
    judged: {
      after: request.after,
      how: request.how,
      ...(request.before === undefined ? {} : { before: request.before }),
    },
    problems,
    diff: manifestDiff,
    onProgress: job.onProgress,
  });
  const judged: JudgeAnswer = {
    kind: "judged",
    report,
    block: set.config.block,
    notes: [],
    unanswered: report.verdict === "error" ? ((await fetching?.unanswered()) ?? []) : [],
  };
  if (!touchesRules(changed, set)) return judged;
  const proposed = await setAt(request.after);
  const { rules } = splitChange(changed, set, proposed);
  if (!rules) return judged;
  const old: PolicySet = request.before === undefined ? { kind: "none" } : await setAt(request.before);
  const change = await describeRulesChange(set, proposed, old, {
    after,
    now: request.now,
    branch: request.branch,
    desired: { ...desired, ...(fetching === undefined ? {} : { remotes: fetching.replay }) },
  });
  return { ...judged, report: withRulesChange(report, change), notes: change.notes };
}

/** Judges a commit of the default branch for what stays in the caches. */
async function judgeAhead(
  request: AheadRequest,
  mirror: OpenMirror,
  setAt: SetAt,
  { engine, cache, job }: Means,
): Promise<AheadAnswer> {
  const set = await setAt(request.rules);
  if (set.kind === "none") return { kind: "done ahead" };
  const remotes = engine.openRemotes(set.config.remotes, { urls: request.repositories, ...job });
  await check({
    renderer: engine.renderer,
    ...(remotes === undefined ? {} : { remotes }),
    repositories: request.repositories,
    branches: [request.branch],
    cache,
    builtins: builtinChecks(set.config, set.source).builtins,
    after: treeAt(mirror, request.commit),
    config: set.config,
    configSource: set.source,
    judge: set.judge,
    now: request.now,
    judged: { after: request.commit, how: "ahead of changes" },
  });
  return { kind: "done ahead" };
}

/**
 * Whether the change touches portcullis.yaml or a path that the set in force names. Any other change cannot change the
 * rules.
 */
function touchesRules(changed: readonly string[], set: PolicySet): boolean {
  return splitChange(changed, set).rules;
}
