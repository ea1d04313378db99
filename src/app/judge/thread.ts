import type { CheckRequest } from "../../gate/check-request.ts";
import { check } from "../../gate/check.ts";
import { suggestFixes } from "../../gate/fixes/suggest-fixes.ts";
import { gatingDefault, unmetBranches, type RepositoryBranches } from "../../gate/gated-branches.ts";
import { manifestDiff } from "../../gate/reporting/manifest-diff.ts";
import type { PassedTree } from "../../gate/restoring/passed-tree.ts";
import { memoryCache } from "../../gate/memory-cache.ts";
import type { CheckCache } from "../../gate/judged-source.ts";
import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import type { Tree } from "../../model/tree.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import type { Engine } from "../../engine/judge-engine.ts";
import { CONFIG_FILE } from "../../config/config-file.ts";
import { approvalNeeds, touchesOwners } from "../rules/approval-needs.ts";
import { MirrorDamaged } from "../mirror/mirror-damaged.ts";
import { openMirrorAt, treeAt, whenMade, type OpenMirror } from "./open-mirror.ts";
import { digestInForce } from "../rules/digest-in-force.ts";
import { waiverNeeds, waiversOfProposal } from "../rules/waiver-needs.ts";
import { judgePreview } from "../rules/preview.ts";
import { bootstrapReport } from "../rules/bootstrap.ts";
import { judgeStanding } from "./judge-standing.ts";
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
  StandingAnswer,
  StandingRequest,
} from "./protocol.ts";
import type { RemotesConfig } from "../../model/config.ts";
import type { Remotes } from "../../model/remotes.ts";
import { proposedFetch, trustedFetch, type FetchFor } from "../../engine/policies/policy-fetch.ts";
import { readPolicySet, type PolicySet } from "../rules/policy-set.ts";
import {
  changedPaths,
  describeRulesChange,
  splitChange,
  withProblems,
  withRulesChange,
} from "../rules/rules-change.ts";

/** Limits of what one thread keeps: policy sets, open mirrors, trees, and bytes of cached judgements and renderings. */
const SETS_KEPT = 8;
const MIRRORS_KEPT = 8;
const CACHE_BYTES = 64 * 1024 * 1024;
const RENDERED_BYTES = 128 * 1024 * 1024;
/** Milliseconds: after a longer judgement no fixes are suggested, since each is judged again before anybody sees the verdict. */
const LONGEST_FOR_SUGGESTIONS = 15_000;

/**
 * Returns the function that handles the requests of one judge thread. Compiled policy sets are cached by commit, since
 * a commit never changes.
 */
export function createJudgeThread(
  engine: Engine,
): (request: JudgeThreadRequest, job: Required<JobPorts>) => Promise<JudgeThreadAnswer> {
  const sets = new Map<string, PolicySet>();
  let cache = memoryCache(CACHE_BYTES, RENDERED_BYTES);
  const mirrors = new Map<string, OpenMirror>();

  const openMirror = async (directory: string): Promise<OpenMirror> => {
    const made = await whenMade(directory);
    let known = mirrors.get(directory);
    mirrors.delete(directory);
    if (known !== undefined && known.made !== made) {
      await known.repository.close();
      known = undefined;
    }
    const mirror = known ?? { made, repository: await openMirrorAt(directory), trees: new Map() };
    mirrors.set(directory, mirror);
    for (const [oldest, { repository }] of mirrors) {
      if (mirrors.size <= MIRRORS_KEPT) break;
      mirrors.delete(oldest);
      await repository.close();
    }
    return mirror;
  };

  const setAt = async (mirror: OpenMirror, commit: string, now: string, fetchFor: FetchFor): Promise<PolicySet> => {
    const known = sets.get(commit);
    sets.delete(commit);
    const timeless = known?.kind === "none" || known?.judge.readsTime === false;
    if (timeless && known !== undefined) {
      sets.set(commit, known);
      return known;
    }
    if (known?.kind === "set") await known.judge.close();
    const set = await readPolicySet(treeAt(mirror, commit), engine.makeJudge, now, fetchFor);
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
    const open = (config: RemotesConfig): Remotes | undefined =>
      engine.openRemotes(config, { urls: request.repositories, ...job });
    const at: SetAt = (commit, by) => {
      const fetchFor =
        by === undefined ? trustedFetch(open) : proposedFetch(open, by.kind === "none" ? undefined : by.config);
      return setAt(mirror, commit, request.now, fetchFor);
    };
    try {
      const answer = await answerTo(request, mirror, at, { engine, cache, job });
      // What could not be read is a problem in the report, as if the repository were to blame for it.
      if (mirror.repository.isDamaged()) throw new Error("an object is missing or damaged");
      return request.kind === "judge" ? forgetWhereRulesFailed(sets, answer as JudgeAnswer) : answer;
    } catch (error) {
      mirrors.delete(request.mirror);
      const isDamaged = mirror.repository.isDamaged();
      await mirror.repository.close();
      if (!isDamaged) throw error;
      cache = memoryCache(CACHE_BYTES, RENDERED_BYTES);
      throw new MirrorDamaged(request.mirror, error instanceof Error ? error.message : String(error));
    }
  };
}

function answerTo(
  request: JudgeThreadRequest,
  mirror: OpenMirror,
  setAt: SetAt,
  means: Means,
): Promise<JudgeThreadAnswer> {
  switch (request.kind) {
    case "prepare":
      return prepare(request, mirror, setAt);
    case "ahead":
      return judgeAhead(request, mirror, setAt, means);
    case "standing":
      return standing(request, mirror, setAt, means);
    case "judge":
      return judge(request, mirror, setAt, means);
  }
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

/** The rules of a commit of the gated branch; with `by`, of one that proposes rules while those are in force. */
type SetAt = (commit: string, by?: PolicySet) => Promise<PolicySet>;

const noRules: PolicySet = { kind: "none" };

async function prepare(request: PrepareRequest, mirror: OpenMirror, setAt: SetAt): Promise<PrepareAnswer> {
  const inForce = async (commit: string, set: Extract<PolicySet, { kind: "set" }>, notes: readonly string[]) =>
    answerOf(commit, await digestInForce(set, treeAt(mirror, commit), request.now), set, notes);
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

function answerOf(
  commit: string,
  digest: string,
  { config }: Extract<PolicySet, { kind: "set" }>,
  notes: readonly string[],
): PrepareAnswer {
  return {
    kind: "in force",
    commit,
    digest,
    branches: config.branches,
    comments: config.comments,
    rollback: config.rollback,
    ...(config.override === undefined ? {} : { override: config.override }),
    issue: config.compliance.issue,
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
    const [trusted, proposed] = [await setAt(request.rules.trusted), await setAt(request.after, noRules)];
    const { other } = splitChange(changed, trusted, proposed);
    const report = await bootstrapReport(request, proposed, other, engine.examine);
    return { kind: "judged", report, block: "introduced", notes: [], unanswered: [] };
  }

  const branches = branchesIn(request);
  const means = { engine, cache, job, treeOf: (commit: string) => treeAt(mirror, commit) };
  if (request.rules.kind === "proposed")
    return judgePreview(request, await setAt(request.after, noRules), branches, {
      examine: engine.examine,
      checkBy: (set) => checkChange({ ...request, passed: [] }, { after, before }, set, means),
    });
  const set = await setAt(request.rules.commit);
  if (set.kind === "none") throw new Error(`commit ${request.rules.commit} has no ${CONFIG_FILE}`);
  const trusted = treeAt(mirror, request.rules.commit);
  const { report, desired, fetching, unanswered } = await checkChange(request, { after, before, trusted }, set, means);
  const judged: JudgeAnswer = {
    kind: "judged",
    // What was in force before the change is not its fault, and the change that mends it must go through.
    report: withProblems(report, unmetBranches(set.config.branches, set.source, branches), "existing"),
    block: set.config.block,
    gaps: set.config.gaps,
    notes: [],
    unanswered,
  };
  const asksOwners = set.config.approvals !== "off";
  const needsOf = (more: Report["waivers"] = []): Needs =>
    asksOwners ? waiverNeeds(set, { waivers: [...(report.waivers ?? []), ...more] }) : { needs: [], findings: [] };
  if (!touchesRules(changed, set) && !touchesOwners(changed, set)) return withNeeds(judged, needsOf());
  const proposed = await setAt(request.after, set);
  const { rules } = splitChange(changed, set, proposed);
  const brought =
    proposed.kind === "none" ? [] : await waiversOfProposal(set, proposed, { trusted, after, now: request.now });
  const ofWaivers = needsOf(brought);
  const ask = (findings: readonly Finding[]): Needs => {
    if (!asksOwners) return ofWaivers;
    const asked = approvalNeeds(set, proposed, { changed, branch: request.branch, now: request.now, findings });
    return {
      needs: [...asked.needs, ...ofWaivers.needs],
      findings: [...asked.findings, ...ofWaivers.findings],
    };
  };
  if (!rules) return withNeeds(judged, ask([]));
  const old: PolicySet = request.before === undefined ? { kind: "none" } : await setAt(request.before);
  const change = await describeRulesChange(set, proposed, old, {
    after,
    now: request.now,
    branch: request.branch,
    branches,
    examine: engine.examine,
    desired: { ...desired, ...(fetching === undefined ? {} : { remotes: fetching.replay }) },
  });
  const { notes, impact } = change;
  const told = withRulesChange(judged.report, change);
  const described = { ...judged, report: told, notes, ...(impact === undefined ? {} : { impact }) };
  return withNeeds(described, ask(change.findings));
}

/** What owners must approve, and the findings that show it. */
type Needs = ReturnType<typeof approvalNeeds>;

/** The answer with what owners must approve. */
function withNeeds(judged: JudgeAnswer, { needs, findings }: Needs): JudgeAnswer {
  if (needs.length === 0) return judged;
  return { ...judged, report: withRulesChange(judged.report, { findings, problems: [], notes: [] }), needs };
}

/** Judges a change by a policy set. */
async function checkChange(
  request: JudgeRequest,
  { after, before, trusted }: { readonly after: Tree; readonly before: Tree | undefined; readonly trusted?: Tree },
  set: Extract<PolicySet, { readonly kind: "set" }>,
  { engine, cache, job, treeOf }: Means & { readonly treeOf: (commit: string) => Tree },
) {
  const { builtins, problems } = builtinChecks(set.config, set.source);
  const opened = engine.openRemotes(set.config.remotes, { urls: request.repositories, ...job });
  const fetching = opened === undefined ? undefined : replayedRemotes(opened);
  const desired = {
    renderer: engine.renderer,
    documentParser: engine.documentParser,
    repositories: request.repositories,
    branches: [request.into],
    cache,
  };
  const asked: CheckRequest = {
    ...desired,
    ...(fetching === undefined ? {} : { remotes: fetching.remotes }),
    builtins,
    after,
    ...(before === undefined ? {} : { before }),
    ...(trusted === undefined ? {} : { trusted }),
    ...(request.approvedWaivers === undefined ? {} : { approved: request.approvedWaivers }),
    config: gatingDefault(set.config, request.branch),
    configSource: set.source,
    judge: set.judge,
    now: request.now,
    judged: {
      after: request.after,
      how: request.how,
      ...(request.before === undefined ? {} : { before: request.before }),
    },
    problems,
  };
  const start = performance.now();
  const passed = passedTrees(request, after, treeOf);
  const found = await check({ ...asked, passed, diff: manifestDiff, onProgress: job.onProgress });
  const wanted = set.config.comments !== "off" && performance.now() - start < LONGEST_FOR_SUGGESTIONS;
  const report = wanted ? await suggestFixes(asked, found) : found;
  const unanswered = report.verdict === "error" ? ((await fetching?.unanswered()) ?? []) : [];
  return { report, desired, fetching, unanswered };
}

function passedTrees(
  { passed = [] }: JudgeRequest,
  after: Tree,
  treeOf: (commit: string) => Tree,
): readonly PassedTree[] {
  return passed.map(({ had, ...state }) => ({
    ...state,
    had: new Set(had),
    // The mirror may lack the commit of a tree that it has by the change.
    tree: state.isSame ? after : treeOf(state.commit),
  }));
}

function branchesIn({ branches, branch }: JudgeRequest): RepositoryBranches | undefined {
  return branches === undefined ? undefined : { names: branches, defaultBranch: branch, where: "the repository" };
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
    documentParser: engine.documentParser,
    ...(remotes === undefined ? {} : { remotes }),
    repositories: request.repositories,
    branches: [request.branch],
    cache,
    builtins: builtinChecks(set.config, set.source).builtins,
    after: treeAt(mirror, request.commit),
    config: gatingDefault(set.config, request.branch),
    configSource: set.source,
    judge: set.judge,
    now: request.now,
    judged: { after: request.commit, how: "ahead of changes" },
  });
  return { kind: "done ahead" };
}

async function standing(
  request: StandingRequest,
  mirror: OpenMirror,
  setAt: SetAt,
  means: Means,
): Promise<StandingAnswer> {
  const set = await setAt(request.rules);
  if (set.kind === "none") throw new Error(`commit ${request.rules} has no ${CONFIG_FILE}`);
  const trees = { tree: treeAt(mirror, request.commit), trusted: treeAt(mirror, request.rules) };
  return judgeStanding(request, set, { ...means, ...trees });
}

/**
 * Whether the change touches portcullis.yaml or a path that the set in force names. Any other change cannot change the
 * rules.
 */
function touchesRules(changed: readonly string[], set: PolicySet): boolean {
  return splitChange(changed, set).rules;
}
