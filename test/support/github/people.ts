// What people do on GitHub, as methods of the server: each has the consequences and sends the webhooks the real thing has.
import { cp } from "node:fs/promises";
import { basename, join } from "node:path";
import { until } from "../until.ts";
import { countCalls, restCalls } from "./calls.ts";
import { redeliver } from "./deliveries.ts";
import { addFault, type FaultRequest } from "./faults.ts";
import { commitFiles, type Files } from "./git/commits.ts";
import { refreshTestMerge } from "./git/merges.ts";
import { refSha, setRef } from "./git/refs.ts";
import { git } from "./git/run.ts";
import { lagRest } from "./lag.ts";
import { accounts } from "./people/accounts.ts";
import { newCheckRun, publishCheckRun, rerequestRun, rerequestSuite } from "./people/checks.ts";
import { answerTo, commentOn, editComment } from "./people/comments.ts";
import { emitDispatch } from "./people/events.ts";
import { closeIssue } from "./people/issues.ts";
import { lifecycle } from "./people/lifecycle.ts";
import { mergePull, type MergeOutcome } from "./people/merge.ts";
import { enqueue } from "./people/merge-queue.ts";
import {
  closePull,
  editTitle,
  openPull,
  reopenPull,
  moveBase,
  retargetPull,
  setDraft,
  stackPull,
  type PullOptions,
} from "./people/pulls.ts";
import { afterPush } from "./people/pushes.ts";
import { repositories } from "./people/repositories.ts";
import { dismissReview, submitReview } from "./people/reviews.ts";
import { teams } from "./people/teams.ts";
import { cloneUrl } from "./shapes/repository.ts";
import {
  timestamp,
  type Account,
  type AppIdentity,
  type BranchRules,
  type CheckRun,
  type CheckSuite,
  type Issue,
  type IssueComment,
  type Permission,
  type PullRequest,
  type Repository,
  type Review,
  type ReviewComment,
  type World,
} from "./state.ts";
import type { Call, Delivery, DeliveryPlan, Fault, MergePlan, Violation } from "./traffic.ts";
import type { JsonObject } from "./json.ts";

export interface CommitOptions {
  readonly message?: string;
  readonly by?: Account;
  /** Who pushes it; default: `by`, whom the commit names. */
  readonly pushedBy?: Account;
  /** As GitHub's editor commits: `by` is the author, GitHub the committer. */
  readonly inBrowser?: boolean;
  /** Where the branch starts when it is new: default the default branch's tip. Or a commit to force the branch onto. */
  readonly from?: string;
}

export type People = ReturnType<typeof people>;

export function people(world: World) {
  const repositoryOf = (pull: PullRequest): Repository => {
    const found = world.repositories.find((repository) => repository.pulls.includes(pull));
    if (found === undefined) throw new Error("this pull request belongs to no repository");
    return found;
  };
  const ofRun = (run: CheckRun): Repository => {
    const found = world.repositories.find((repository) => repository.runs.includes(run));
    if (found === undefined) throw new Error("this check run belongs to no repository");
    return found;
  };

  /** One commit on a branch, pushed: answers its id. A path with null is removed. */
  async function pushCommit(
    repository: Repository,
    branch: string,
    files: Files,
    options: CommitOptions = {},
  ): Promise<string> {
    const before = await refSha(repository.directory, `refs/heads/${branch}`);
    const start = options.from ?? (before === undefined ? repository.defaultBranch : undefined);
    const parent =
      start === undefined
        ? before
        : await git(repository.directory, ["rev-parse", `${start}^{commit}`]).then((sha) => sha.trim());
    const by = options.by ?? repository.owner;
    const after = await commitFiles(repository.directory, {
      branch,
      files,
      message: options.message ?? `Change ${Object.keys(files)[0] ?? "nothing"}`,
      author: { name: by.login, email: `${by.login}@example.invalid` },
      ...(options.inBrowser === true && { committer: { name: "GitHub", email: "noreply@github.com" } }),
      at: world.now(),
      ...(parent !== undefined && { parent }),
    });
    const pusher = options.pushedBy ?? by;
    await afterPush(world, repository, { branch, after, by: pusher, ...(before !== undefined && { before }) });
    return after;
  }

  /** Moves a branch to a commit that is there already: a force push, or a fast-forward. */
  async function pushRef(
    repository: Repository,
    branch: string,
    to: string,
    by: Account = repository.owner,
  ): Promise<void> {
    const before = await refSha(repository.directory, `refs/heads/${branch}`);
    const after = (await git(repository.directory, ["rev-parse", `${to}^{commit}`])).trim();
    await setRef(repository.directory, `refs/heads/${branch}`, after);
    await afterPush(world, repository, { branch, after, by, ...(before !== undefined && { before }) });
  }

  /** A pull request with files of its own: pushes them to a new branch and opens it. */
  async function proposeFiles(
    repository: Repository,
    files: Files,
    options: Partial<PullOptions> & { readonly branch?: string } = {},
  ): Promise<PullRequest> {
    const branch = options.branch ?? `change-${repository.nextNumber}`;
    await pushCommit(repository, branch, files, {
      from: options.base ?? repository.defaultBranch,
      ...(options.by !== undefined && { by: options.by }),
    });
    return openPull(world, repository, { head: branch, ...options });
  }

  async function pushToPull(pull: PullRequest, files: Files, options: CommitOptions = {}): Promise<string> {
    return pushCommit(pull.head.repository, pull.head.name, files, options);
  }

  /** A completed run of another App on a commit, such as a job of the same name: what an attacker can make. */
  async function forgeCheck(
    repository: Repository,
    sha: string,
    name: string,
    conclusion: string,
    app?: AppIdentity,
  ): Promise<CheckRun> {
    const other = app ?? { id: 15368, slug: "github-actions", name: "GitHub Actions" };
    const run = newCheckRun(world, repository, other, sha, name);
    run.status = "completed";
    run.conclusion = conclusion;
    run.completedAt = timestamp(world.now());
    await publishCheckRun(world, repository, run, "completed");
    return run;
  }

  /** Waits until every webhook is answered and every test merge made. */
  async function settle(): Promise<void> {
    while (world.pending.size > 0) await Promise.allSettled(world.pending);
  }

  /** Waits for the next second of GitHub's clock: its times tell no more of what came first. */
  async function nextSecond(): Promise<void> {
    const now = timestamp(world.now());
    await until(() => timestamp(world.now()) > now, "the next second");
  }

  /** Runs of the App on a pull request's head, oldest first. */
  function runsOf(pull: PullRequest, name?: string): CheckRun[] {
    return repositoryOf(pull).runs.filter(
      (run) => run.headSha === pull.headSha && (name === undefined || run.name === name),
    );
  }

  /** Waits for the newest run of a name on the pull request's head of that moment to be concluded. */
  async function concluded(pull: PullRequest, name = "portcullis"): Promise<CheckRun> {
    return concludedOn(repositoryOf(pull), () => pull.headSha, name);
  }

  /** The same for any commit, such as the head of a merge group. */
  async function concludedOn(
    repository: Repository,
    sha: string | (() => string),
    name = "portcullis",
  ): Promise<CheckRun> {
    const wanted = (): string => (typeof sha === "string" ? sha : sha());
    const newest = (): CheckRun | undefined =>
      repository.runs.findLast((run) => run.headSha === wanted() && run.name === name);
    await until(() => newest()?.status === "completed", `check ${name} on ${wanted().slice(0, 12)} to be concluded`);
    return newest()!;
  }

  return {
    ...accounts(world),
    ...lifecycle(world),
    ...repositories(world),
    ...teams(world),
    concluded,
    concludedOn,
    pushCommit,
    pushRef,
    proposeFiles,
    pushToPull,
    forgeCheck,
    nextSecond,
    settle,
    runsOf,
    setWebhookUrl: (url: string | undefined): void => {
      world.webhookUrl = url;
    },
    collaborate: (repository: Repository, who: Account, permission: Permission): void => {
      repository.collaborators.set(who.login, permission);
    },
    /** Sets the rules of a branch, replacing earlier ones. */
    protect: (repository: Repository, branch: string, rules: BranchRules): void => {
      repository.rules.set(branch, rules);
    },
    cloneUrl: (repository: Repository): string => cloneUrl(world, repository),
    openPull: (repository: Repository, options: PullOptions): Promise<PullRequest> =>
      openPull(world, repository, options),
    retarget: (pull: PullRequest, base: string): Promise<void> =>
      retargetPull(world, repositoryOf(pull), pull, base, pull.author),
    moveBase: (pull: PullRequest, base: string): Promise<void> => moveBase(world, repositoryOf(pull), pull, base),
    stack: (pull: PullRequest, target: string): Promise<void> =>
      stackPull(world, repositoryOf(pull), pull, target, pull.author),
    editTitle: (pull: PullRequest, title: string): Promise<void> =>
      editTitle(world, repositoryOf(pull), pull, title, pull.author),
    closePull: (pull: PullRequest): Promise<void> => closePull(world, repositoryOf(pull), pull, pull.author),
    reopen: (pull: PullRequest): Promise<void> => reopenPull(world, repositoryOf(pull), pull, pull.author),
    readyForReview: (pull: PullRequest): Promise<void> => setDraft(world, repositoryOf(pull), pull, false, pull.author),
    convertToDraft: (pull: PullRequest): Promise<void> => setDraft(world, repositoryOf(pull), pull, true, pull.author),
    /** Writes a comment on an issue, and closes it. */
    closeIssue: (repository: Repository, issue: Issue, by: Account, followUp?: string): void => {
      if (followUp !== undefined) commentOn(world, repository, issue, followUp, by);
      closeIssue(world, repository, issue, by);
    },
    comment: (pull: PullRequest, body: string, by: Account = pull.author): IssueComment =>
      commentOn(world, repositoryOf(pull), pull, body, by),
    editComment: (pull: PullRequest, comment: IssueComment, body: string, by: Account): void =>
      editComment(world, repositoryOf(pull), comment, body, by),
    review: (pull: PullRequest, by: Account, state: Review["state"] = "APPROVED"): Promise<Review> =>
      submitReview(world, repositoryOf(pull), pull, by, state),
    dismissReview: (pull: PullRequest, review: Review): Promise<void> =>
      dismissReview(world, repositoryOf(pull), pull, review),
    /** Answers a review comment. */
    answer: (pull: PullRequest, comment: ReviewComment, body: string, by: Account = pull.author): void =>
      answerTo(world, pull, comment, body, by),
    /** `POST /repos/{owner}/{repo}/dispatches`. */
    dispatch: (repository: Repository, type: string, clientPayload: JsonObject = {}): void =>
      emitDispatch(world, repository, type, clientPayload),
    rerequestCheck: (run: CheckRun): Promise<void> => rerequestRun(world, ofRun(run), run),
    rerequestSuite: (repository: Repository, suite: CheckSuite): Promise<void> =>
      rerequestSuite(world, repository, suite),
    /** The merge button: merged, or refused with GitHub's words. */
    merge: (pull: PullRequest, method: "merge" | "squash" = "merge"): Promise<MergeOutcome> =>
      mergePull(world, repositoryOf(pull), pull, pull.author, { method }),
    /** Answers the head of the group made for it, or nothing when it conflicts with those before. */
    addToMergeQueue: (pull: PullRequest, by: Account = pull.author): Promise<string | undefined> =>
      enqueue(world, repositoryOf(pull), pull, by),
    refreshTestMerge: (pull: PullRequest): Promise<void> => refreshTestMerge(world, repositoryOf(pull), pull),
    fault: (fault: Fault, on?: FaultRequest): { readonly hits: number; lift(): void } => addFault(world, fault, on),
    redeliver: (delivery: Delivery): Delivery => redeliver(world, delivery),
    /** What breaks GitHub's description, of requests, of our answers and of our webhooks: a test expects none. */
    violations: world.violations as readonly Violation[],
    deliveries: world.deliveries as readonly Delivery[],
    /** Change its fields to delay, repeat, lose or reorder what comes next. */
    delivery: world.delivery satisfies DeliveryPlan,
    testMerges: world.merge satisfies MergePlan,
    /** Has Git read from a replica that hears of nothing until it catches up, as GitHub's lag by seconds. */
    lag: async (repository: Repository): Promise<{ catchUp(): void }> => {
      await cp(repository.directory, join(world.directory, "replicas", basename(repository.directory)), {
        recursive: true,
      });
      world.lagging.add(repository);
      return { catchUp: () => void world.lagging.delete(repository) };
    },
    /** Has REST answer with the repository as it was so many seconds ago, until it catches up. */
    lagRest: (repository: Repository, seconds: number): Promise<{ catchUp(): void }> =>
      lagRest(world, repository, seconds),
    calls: world.calls as readonly Call[],
    restCalls: (): readonly Call[] => restCalls(world),
    countCalls: (calls: readonly Call[] = world.calls): Record<string, number> => countCalls(calls),
  };
}
