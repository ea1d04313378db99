import { resolve } from "node:path";
import { CHECK_NAME } from "../../github/checks.ts";
import { checkName } from "../../app/publish/check-name.ts";
import { openRemotes } from "../../engine/open-remotes.ts";
import { openRenderer } from "../../engine/open-renderer.ts";
import type { JudgementDeadline } from "../../gate/judging/work-budget.ts";
import { memoryCache } from "../../gate/memory-cache.ts";
import { readState, type StateMeans, type TreeState } from "../../gate/rollback/environment-states.ts";
import type { Tree } from "../../model/tree.ts";
import { defaultCacheDirectory } from "../../rego/toolchain/cache-directory.ts";
import { openRepository, type GitRepository } from "../../tree/git-repository.ts";
import { runGit } from "../../tree/run-git.ts";
import { buildDigest } from "../build-digest.ts";
import { gatingDefaultOf, judgedBranches } from "../judged-branches.ts";
import { openKeptJudgements } from "../kept-judgements.ts";
import { ownRepositories } from "../own-repositories.ts";
import type { Progress } from "../progress.ts";
import { configurationOfChange, type ConfigurationReading } from "../read-configuration.ts";
import { UsageError } from "../usage-error.ts";
import { openCommitChecks, type CheckOptions, type CommitChecks } from "./commit-checks.ts";
import type { GateMeans } from "./open-gate.ts";

/** What decides which branch is looked at, and by what. */
export interface SessionOptions extends CheckOptions {
  readonly base: string;
  readonly config?: string;
  readonly offline?: boolean;
}

/** One run: the branch, the rules of its newest commit, and all that trees are read with. */
export interface Session {
  readonly repository: GitRepository;
  readonly configuration: ConfigurationReading;
  readonly base: { readonly commit: string; readonly tree: Tree };
  readonly checks: CommitChecks;
  readonly means: GateMeans;
  /** The state of a tree; that of a commit is found once. */
  readonly read: (tree: Tree) => Promise<TreeState>;
  readonly readCommit: (commit: string) => Promise<TreeState>;
  close(): Promise<void>;
}

const CACHE_BYTES = 512 * 1024 * 1024;

/** Opens the branch that `--base` names in the repository around a directory. */
export async function openSession(
  options: SessionOptions,
  cwd: string,
  {
    now,
    progress,
    deadline,
  }: { readonly now: string; readonly progress: Progress; readonly deadline: JudgementDeadline },
): Promise<Session> {
  const repository = await openHere(cwd);
  try {
    const found = await repository.resolve(options.base);
    if (found.kind === "problem") throw new UsageError(found.problem.message);
    const tree = repository.tree(found.id);
    const configuration = await configurationOfChange(options.config, cwd, tree, options);
    const config = await gatingDefaultOf(repository.root, configuration.config);
    const own = await ownRepositories(repository.root);
    const { branches, check } = await branchOfBase(repository.root, options.base, configuration);
    const checks = openCommitChecks(options, own, check);
    const renderer = openRenderer();
    const remotes = openRemotes(config.remotes, {
      versions: renderer.versions,
      offline: options.offline === true,
    });
    const kept = openKeptJudgements(defaultCacheDirectory(), [resolve(repository.root)], buildDigest());
    const cache = kept?.cache ?? memoryCache(CACHE_BYTES);
    const means: GateMeans = {
      config,
      renderer,
      ...(remotes === undefined ? {} : { remotes }),
      repositories: own,
      branches,
      cache,
      now,
      deadline,
      onProgress: progress,
    };
    const states: StateMeans = {
      config,
      renderer,
      ...(remotes === undefined ? {} : { remotes }),
      repositories: [...own, ...config.repositories],
      branches,
      cache: cache.renderings,
    };
    const known = new Map<string, Promise<TreeState>>();
    const readCommit = (commit: string): Promise<TreeState> => {
      const state = known.get(commit) ?? readState(repository.tree(commit), states);
      known.set(commit, state);
      return state;
    };
    return {
      repository,
      configuration: { ...configuration, config },
      base: { commit: found.id, tree },
      checks,
      means,
      read: (of) => readState(of, states),
      readCommit,
      close: async () => {
        renderer.close();
        await Promise.all([kept?.save(), checks.close(), repository.close()]);
      },
    };
  } catch (error) {
    await repository.close();
    throw error;
  }
}

async function openHere(cwd: string): Promise<GitRepository> {
  try {
    return await openRepository(cwd);
  } catch (error) {
    throw new UsageError(`earlier states are read from Git: ${(error as Error).message}`);
  }
}

/** The branch that the base is the head of, as far as the clone tells, and the name of its check. */
async function branchOfBase(
  root: string,
  base: string,
  { config }: ConfigurationReading,
): Promise<{ readonly branches: readonly string[]; readonly check: string }> {
  const here = base === "HEAD" ? (await runGit(root, ["symbolic-ref", "--quiet", "HEAD"])).stdout.trim() : base;
  const [usual] = await judgedBranches(root, "HEAD", []);
  const branches = await judgedBranches(root, here === "" ? base : here, config.branches);
  const [branch] = branches;
  return {
    branches,
    check: branch === undefined || usual === undefined ? CHECK_NAME : checkName(branch, usual, config.branches),
  };
}
