import { check } from "../gate/check.ts";
import { memoryCache } from "../gate/memory-cache.ts";
import type { CheckCache } from "../gate/cache.ts";
import { openRepository, type GitRepository } from "../tree/git-repository.ts";
import { bootstrapReport, type RunPolicyTests } from "./bootstrap.ts";
import type {
  Judged,
  JudgeRequest,
  JudgeThreadAnswer,
  JudgeThreadRequest,
  Prepared,
  PrepareRequest,
} from "./judge-protocol.ts";
import { CONFIG_PATH, readPolicySet, type MakeJudge, type PolicySet } from "./policy-set.ts";
import { changedPaths, describeRulesChange, splitChange, withRulesChange } from "./rules-change.ts";

/** Sets that are kept compiled, and room for judged files, on one thread. */
const SETS_KEPT = 8;
const CACHE_BYTES = 64 * 1024 * 1024;

/** What the thread needs of the room that knows Rego. */
export interface Engine {
  readonly makeJudge: MakeJudge;
  readonly runTests: RunPolicyTests;
}

/** Answers the requests of one judge thread. Keeps compiled sets by commit: a commit never changes. */
export function createJudgeThread(engine: Engine): (request: JudgeThreadRequest) => Promise<JudgeThreadAnswer> {
  const sets = new Map<string, PolicySet>();
  const cache = memoryCache(CACHE_BYTES);

  const setAt = async (repository: GitRepository, commit: string, now: string): Promise<PolicySet> => {
    const known = sets.get(commit);
    sets.delete(commit);
    const timeless = known?.kind === "none" || known?.judge.readsTime === false;
    if (timeless && known !== undefined) {
      sets.set(commit, known);
      return known;
    }
    if (known?.kind === "set") await known.judge.close();
    const set = await readPolicySet(repository.tree(commit), engine.makeJudge, now);
    // What went wrong may have been ours; it is asked again.
    if (set.kind === "none" || set.problems.length === 0) sets.set(commit, set);
    for (const [oldest, old] of sets) {
      if (sets.size <= SETS_KEPT) break;
      sets.delete(oldest);
      if (old.kind === "set") await old.judge.close();
    }
    return set;
  };

  return async (request) => {
    const repository = await openRepository(request.mirror);
    try {
      return request.kind === "prepare"
        ? await prepare(request, (commit) => setAt(repository, commit, request.now))
        : await judge(request, repository, (commit) => setAt(repository, commit, request.now), engine, cache).then(
            (judged) => forgetWhereRulesFailed(sets, judged),
          );
    } finally {
      await repository.close();
    }
  };
}

/** A rule that ran out of time or memory is not asked again by its judge: the next job gets a fresh one. */
function forgetWhereRulesFailed(sets: Map<string, PolicySet>, judged: Judged): Judged {
  if (judged.report.problems.some((problem) => problem.stage === "evaluate")) sets.clear();
  return judged;
}

type SetAt = (commit: string) => Promise<PolicySet>;

async function prepare(request: PrepareRequest, setAt: SetAt): Promise<Prepared> {
  const trusted = await setAt(request.trusted);
  if (trusted.kind === "none" && !request.enrolled) return { kind: "not enrolled" };
  if (trusted.kind === "set" && trusted.problems.length === 0) return inForce(request.trusted, trusted, []);
  const last = request.inForce === undefined ? undefined : await setAt(request.inForce);
  if (request.inForce !== undefined && last?.kind === "set" && last.problems.length === 0) {
    const first = trusted.kind === "set" ? trusted.problems[0] : undefined;
    const why =
      first === undefined
        ? `${CONFIG_PATH} is gone from ${request.branch}`
        : `the rules on ${request.branch} cannot be used (${[first.path, first.line].filter((part) => part !== undefined).join(":")}: ${first.message})`;
    return inForce(request.inForce, last, [
      `The rules of commit ${request.inForce.slice(0, 12)} are in force, the last that compiled: ${why}.`,
    ]);
  }
  return {
    kind: "none compiles",
    digest: trusted.kind === "set" ? trusted.digest : "none",
    problems: trusted.kind === "set" ? trusted.problems : [],
  };
}

function inForce(commit: string, set: Extract<PolicySet, { kind: "set" }>, notes: readonly string[]): Prepared {
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
  repository: GitRepository,
  setAt: SetAt,
  engine: Engine,
  cache: CheckCache,
): Promise<Judged> {
  const after = repository.tree(request.after);
  const before = request.before === undefined ? undefined : repository.tree(request.before);
  const changed = await changedPaths(before, after);

  if (request.rules.kind === "none compiles") {
    const [trusted, proposed] = [await setAt(request.rules.trusted), await setAt(request.after)];
    const { other } = splitChange(changed, trusted, proposed);
    return { kind: "judged", report: await bootstrapReport(request, proposed, other, engine.runTests), notes: [] };
  }

  const set = await setAt(request.rules.commit);
  if (set.kind === "none") throw new Error(`commit ${request.rules.commit} has no ${CONFIG_PATH}`);
  const report = await check({
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
    cache,
  });
  if (!touchesRules(changed, set)) return { kind: "judged", report, notes: [] };
  const proposed = await setAt(request.after);
  const { rules } = splitChange(changed, set, proposed);
  if (!rules) return { kind: "judged", report, notes: [] };
  const old: PolicySet = request.before === undefined ? { kind: "none" } : await setAt(request.before);
  const change = await describeRulesChange(set, proposed, old, { after, now: request.now, branch: request.branch });
  return { kind: "judged", report: withRulesChange(report, change), notes: change.notes };
}

/** A change that touches neither portcullis.yaml nor what the set in force names cannot change the rules. */
function touchesRules(changed: readonly string[], set: PolicySet): boolean {
  return splitChange(changed, set).rules;
}
