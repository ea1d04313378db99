// What people do on GitHub, as methods of the server: each has the consequences and sends the webhooks the real thing has.
import { randomBytes } from "node:crypto";
import { cp } from "node:fs/promises";
import { basename, join } from "node:path";
import { installationOf, reaches } from "./answer.ts";
import { until } from "../until.ts";
import { countCalls, restCalls } from "./calls.ts";
import { emit, redeliver } from "./deliveries.ts";
import { addFault, type FaultRequest } from "./faults.ts";
import { commitFiles, type Files } from "./git/commits.ts";
import { refreshTestMerge } from "./git/merges.ts";
import { cloneBare, createBare } from "./git/repositories.ts";
import { refSha, setRef } from "./git/refs.ts";
import { git } from "./git/run.ts";
import { lagRest } from "./lag.ts";
import { newCheckRun, publishCheckRun, rerequestRun, rerequestSuite } from "./people/checks.ts";
import { answerTo, commentOn, editComment } from "./people/comments.ts";
import { emitDispatch } from "./people/events.ts";
import { closeIssue } from "./people/issues.ts";
import { lifecycle, repositoryItem } from "./people/lifecycle.ts";
import { mergePull, type MergeOutcome } from "./people/merge.ts";
import { enqueue } from "./people/merge-queue.ts";
import {
  closePull,
  editTitle,
  openPull,
  reopenPull,
  retargetPull,
  setDraft,
  type PullOptions,
} from "./people/pulls.ts";
import { afterPush } from "./people/pushes.ts";
import { dismissReview, submitReview } from "./people/reviews.ts";
import { teams } from "./people/teams.ts";
import { accountShape } from "./shapes/account.ts";
import { installationShape } from "./shapes/installation.ts";
import { cloneUrl } from "./shapes/repository.ts";
import {
  nextId,
  timestamp,
  type Account,
  type AppIdentity,
  type BranchRules,
  type Call,
  type CheckRun,
  type CheckSuite,
  type Delivery,
  type DeliveryPlan,
  type Fault,
  type Installation,
  type Issue,
  type IssueComment,
  type JsonObject,
  type MergePlan,
  type Permission,
  type Permissions,
  type PullRequest,
  type Repository,
  type Review,
  type ReviewComment,
  type Violation,
  type World,
} from "./state.ts";

export interface RepositoryOptions {
  /** `owner/name`; the owner is made when it is not there. */
  readonly fullName?: string;
  readonly isPrivate?: boolean;
  readonly defaultBranch?: string;
  /** The first commit; no webhook is sent for it. */
  readonly files?: Files;
  /** Install the App on it (default true). */
  readonly install?: boolean;
}

export interface CommitOptions {
  readonly message?: string;
  readonly by?: Account;
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

  /** A person, made when first named. */
  function person(login: string): Account {
    return account(login, "User");
  }

  function account(login: string, type: Account["type"]): Account {
    let found = world.accounts.get(login);
    if (found === undefined) {
      found = { id: nextId(world), login, type };
      world.accounts.set(login, found);
    }
    return found;
  }

  /** A personal token: for REST as Bearer, for Git as password. */
  function tokenOf(who: Account): string {
    const token = `ghp_${randomBytes(18).toString("hex")}`;
    world.personalTokens.set(token, who);
    return token;
  }

  function addRepository(options: RepositoryOptions, parent?: Repository): Repository {
    const [owner = "acme", name = "gitops"] = (options.fullName ?? "acme/gitops").split("/");
    const id = nextId(world);
    const at = timestamp(world.now());
    const repository: Repository = {
      id,
      owner: account(owner, parent === undefined ? "Organization" : "User"),
      name,
      isPrivate: options.isPrivate ?? true,
      archived: false,
      hasIssues: true,
      defaultBranch: options.defaultBranch ?? parent?.defaultBranch ?? "main",
      directory: join(world.directory, "repositories", `${id}.git`),
      ...(parent !== undefined && { parent }),
      createdAt: at,
      pushedAt: at,
      collaborators: new Map(),
      rules: new Map(),
      pulls: [],
      comments: [],
      issues: [],
      suites: [],
      runs: [],
      queues: new Map(),
      nextNumber: 1,
    };
    world.repositories.push(repository);
    return repository;
  }

  async function createRepository(options: RepositoryOptions = {}): Promise<Repository> {
    const repository = addRepository(options);
    await createBare(repository.directory, repository.defaultBranch);
    await commitFiles(repository.directory, {
      branch: repository.defaultBranch,
      files: options.files ?? { "README.md": `# ${repository.name}\n` },
      message: "Start",
      author: { name: repository.owner.login, email: "start@example.invalid" },
      at: world.now(),
    });
    if (options.install !== false && installationOf(world, repository) === undefined) install(repository.owner);
    return repository;
  }

  /** A copy under another account; its branches can be heads of pull requests into the parent. */
  async function fork(parent: Repository, by: Account): Promise<Repository> {
    const copy = addRepository({ fullName: `${by.login}/${parent.name}`, isPrivate: parent.isPrivate }, parent);
    await cloneBare(parent.directory, copy.directory);
    return copy;
  }

  function install(
    owner: Account,
    repositories?: readonly Repository[],
    permissions: Permissions = world.app.permissions,
  ): Installation {
    const installation: Installation = {
      id: nextId(world),
      account: owner,
      permissions,
      suspended: false,
      createdAt: timestamp(world.now()),
      ...(repositories !== undefined && { repositories: new Set(repositories.map((repository) => repository.id)) }),
    };
    world.installations.push(installation);
    const within = world.repositories.filter((repository) => reaches(installation, repository)).map(repositoryItem);
    emitInstallation(installation, "created", { repositories: within, requester: null });
    return installation;
  }

  function emitInstallation(installation: Installation, action: string, more: JsonObject): void {
    const sender = accountShape(world, installation.account);
    emit(world, installation, "installation", {
      action,
      installation: installationShape(world, installation),
      ...more,
      sender,
    });
  }

  function uninstall(installation: Installation): void {
    const within = world.repositories.filter((repository) => reaches(installation, repository)).map(repositoryItem);
    emitInstallation(installation, "deleted", { repositories: within });
    world.installations.splice(world.installations.indexOf(installation), 1);
  }

  /** Adds one repository to an installation that has chosen ones. */
  function addToInstallation(installation: Installation, repository: Repository): void {
    installation.repositories?.add(repository.id);
    const payload = {
      action: "added",
      installation: installationShape(world, installation),
      repository_selection: installation.repositories === undefined ? "all" : "selected",
      repositories_added: [repositoryItem(repository)],
      repositories_removed: [],
      requester: null,
      sender: accountShape(world, installation.account),
    };
    emit(world, installation, "installation_repositories", payload);
  }

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
    await afterPush(world, repository, { branch, after, by, ...(before !== undefined && { before }) });
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
    ...lifecycle(world),
    ...teams(world),
    concluded,
    concludedOn,
    person,
    tokenOf,
    createRepository,
    fork,
    install,
    uninstall,
    addToInstallation,
    pushCommit,
    pushRef,
    proposeFiles,
    pushToPull,
    forgeCheck,
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
