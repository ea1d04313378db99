import { readFrameworks } from "../../config/read-frameworks.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import { ENDING_POLICY, endingChecks } from "../../engine/ending-versions.ts";
import type { Engine } from "../../engine/judge-engine.ts";
import { check } from "../../gate/check.ts";
import { gatingDefault } from "../../gate/gated-branches.ts";
import type { CheckCache } from "../../gate/judged-source.ts";
import { standingOf } from "../../gate/standing/standing-of.ts";
import type { Tree } from "../../model/tree.ts";
import { libraryTree } from "../../tree/library-tree.ts";
import type { PolicySet } from "../rules/policy-set.ts";
import type { JobPorts } from "./pool.ts";
import type { StandingAnswer, StandingRequest } from "./protocol.ts";
import { replayedRemotes } from "./replayed-remotes.ts";

/** What the judgement of a branch works with. */
interface StandingMeans {
  readonly engine: Engine;
  readonly cache: CheckCache;
  readonly job: Required<JobPorts>;
  /** The tip of the branch, and the tree that the rules are read from, whose waivers count. */
  readonly tree: Tree;
  readonly trusted: Tree;
}

/** Judges all of a gated branch by itself, and says what ends soon there. */
export async function judgeStanding(
  request: StandingRequest,
  set: Extract<PolicySet, { readonly kind: "set" }>,
  { engine, cache, job, tree, trusted }: StandingMeans,
): Promise<StandingAnswer> {
  const { config, source } = set;
  const { builtins, problems } = builtinChecks(config, source);
  const opened = engine.openRemotes(config.remotes, { urls: request.repositories, ...job });
  const fetching = opened === undefined ? undefined : replayedRemotes(opened);
  const report = await check({
    renderer: engine.renderer,
    documentParser: engine.documentParser,
    ...(fetching === undefined ? {} : { remotes: fetching.remotes }),
    repositories: request.repositories,
    branches: [request.into],
    cache,
    builtins: [...builtins, ...endingChecks(config)],
    after: tree,
    trusted,
    config: gatingDefault(config, request.branch),
    configSource: source,
    judge: set.judge,
    now: request.now,
    judged: { after: request.commit, how: "the whole branch" },
    problems,
    // A repository with rules and nothing to judge yet fails nothing.
    allowEmpty: true,
  });
  const policies = [...set.judge.policies, ...builtins.flatMap((builtin) => builtin.policies)];
  const standing = standingOf(
    await readFrameworks(libraryTree()),
    { report, policies, config },
    { ending: ENDING_POLICY },
  );
  const unanswered = report.verdict === "error" ? ((await fetching?.unanswered()) ?? []) : [];
  return { kind: "standing", standing, unanswered };
}
