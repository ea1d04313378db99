import type { KeyObject } from "node:crypto";
import type { Violation, Call, DeliveryPlan, Delivery, FaultRule, Counted, MergePlan } from "./traffic.ts";

export type Permission = "read" | "write" | "admin";
export type Permissions = Readonly<Record<string, Permission>>;

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
}

export interface RequiredCheck {
  readonly context: string;
  /** The App whose runs count; absent: anybody's ("any source"). */
  readonly integrationId?: number;
}

/** What a ruleset asks of a branch. */
export interface BranchRules {
  readonly checks: readonly RequiredCheck[];
  /** "Require branches to be up to date before merging." */
  readonly strict?: boolean;
  readonly mergeQueue?: boolean;
  /** What GitHub tells of the ruleset's bypass list: nothing of the actors, as to all who may not edit it, by default. */
  readonly bypass?: {
    readonly actors?: readonly { readonly actor_type: string; readonly actor_id: number | null }[];
    readonly byApp?: "always" | "never";
  };
  /** The older kind of rules, beside those of the ruleset. */
  readonly classic?: {
    readonly checks: readonly RequiredCheck[];
    /** Default: everyone. */
    readonly enforcement?: "everyone" | "non_admins";
  };
}

export interface Branch {
  readonly repository: Repository;
  readonly name: string;
}

/** The commit that GitHub makes to try a merge: parents are [base, head]. */
interface TestMerge {
  readonly base: string;
  readonly head: string;
  /** Absent: the two are in conflict. */
  readonly sha?: string;
}

export interface Review {
  readonly id: number;
  readonly user: Account;
  body: string;
  state: "COMMENTED" | "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED";
  readonly commitSha: string;
  readonly submittedAt: string;
}

/** A team of an organisation. */
export interface Team {
  readonly id: number;
  readonly organization: Account;
  slug: string;
  readonly members: Set<Account>;
  readonly parent?: Team;
}

export interface ReviewComment {
  readonly id: number;
  readonly reviewId: number;
  readonly user: Account;
  body: string;
  readonly path: string;
  readonly line: number;
  readonly side: "LEFT" | "RIGHT";
  readonly startLine?: number;
  readonly startSide?: "LEFT" | "RIGHT";
  readonly position: number;
  readonly diffHunk: string;
  readonly commitSha: string;
  readonly inReplyTo?: number;
  readonly createdAt: string;
}

export interface IssueComment {
  readonly id: number;
  readonly number: number;
  readonly user: Account;
  body: string;
  readonly createdAt: string;
  readonly reactions: Reaction[];
}

/** An issue that is no pull request. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly user: Account;
  title: string;
  body: string;
  state: "open" | "closed";
  readonly createdAt: string;
  updatedAt: string;
  closedAt?: string;
}

/** GitHub keeps one of each content from each account. */
export interface Reaction {
  readonly id: number;
  readonly by: Account;
  readonly content: string;
  readonly createdAt: string;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly head: Branch;
  base: string;
  /** The branch that the stack is to reach that it belongs to; absent: it belongs to none. */
  stack?: string;
  title: string;
  body: string | null;
  draft: boolean;
  state: "open" | "closed";
  headSha: string;
  /** Every head it ever had, newest last. */
  readonly heads: string[];
  /** When it was given another base branch, and by whom; newest last. `automatic`: as the old one was deleted. */
  readonly baseChanges: {
    readonly id: number;
    readonly by: Account;
    readonly at: string;
    readonly automatic?: true;
  }[];
  testMerge?: TestMerge;
  merged?: { readonly sha: string; readonly by: Account; readonly at: string };
  closedAt?: string;
  readonly createdAt: string;
  updatedAt: string;
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

export interface AppIdentity {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
}

export interface CheckSuite {
  readonly id: number;
  readonly app: AppIdentity;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly before: string | null;
  readonly createdAt: string;
  /** Set by a re-run request: what GitHub resets is the suite, not its runs. */
  reset: boolean;
}

export interface CheckRun {
  readonly id: number;
  name: string;
  readonly headSha: string;
  readonly app: AppIdentity;
  readonly suite: CheckSuite;
  status: string;
  conclusion: string | null;
  externalId: string | null;
  detailsUrl: string;
  startedAt: string | null;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Annotation[];
  /** How many annotations each request brought, in order. */
  readonly batches: number[];
}

export interface QueueEntry {
  readonly pull: PullRequest;
  readonly by: Account;
  group?: { readonly ref: string; readonly headSha: string; readonly baseSha: string };
}

export interface Repository {
  readonly id: number;
  owner: Account;
  name: string;
  readonly isPrivate: boolean;
  archived: boolean;
  /** Whether it has issues at all; without them every request about one is answered 410. */
  hasIssues: boolean;
  readonly defaultBranch: string;
  /** The bare repository on disk. */
  readonly directory: string;
  readonly parent?: Repository;
  readonly createdAt: string;
  pushedAt: string;
  readonly collaborators: Map<string, Permission>;
  readonly rules: Map<string, BranchRules>;
  readonly pulls: PullRequest[];
  readonly comments: IssueComment[];
  readonly issues: Issue[];
  readonly suites: CheckSuite[];
  readonly runs: CheckRun[];
  readonly queues: Map<string, QueueEntry[]>;
  nextNumber: number;
}

export interface Installation {
  readonly id: number;
  readonly account: Account;
  /** Absent: all repositories of the account. */
  repositories?: Set<number>;
  permissions: Permissions;
  /** Absent: those that the App is registered with. */
  events?: readonly string[];
  suspended: boolean;
  readonly createdAt: string;
}

export interface InstallationToken {
  readonly token: string;
  readonly installation: Installation;
  /** Absent: whatever the installation reaches. */
  readonly repositories?: ReadonlySet<number>;
  readonly permissions: Permissions;
  readonly expiresAt: number;
}

/** The App under test as GitHub knows it. */
interface RegisteredApp extends AppIdentity {
  readonly clientId: string;
  readonly owner: Account;
  readonly publicKey: KeyObject;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly bot: Account;
}

/** A repository as it was. */
export interface RestView {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly repository: Repository;
}

/** REST answers about a repository with what was some seconds ago. */
export interface RestLag {
  readonly seconds: number;
  readonly views: RestView[];
  ended: boolean;
}

/** What the manifest flow is given to register an App. */
export interface AppManifest {
  readonly name: string;
  readonly url: string;
  readonly description?: string;
  readonly hook_attributes: { readonly url: string; readonly active?: boolean };
  readonly redirect_url: string;
  readonly public?: boolean;
  readonly default_permissions: Permissions;
  readonly default_events: readonly string[];
}

/** Everything the simulated GitHub knows. Plain data; the rooms beside this file act on it. */
export interface World {
  readonly directory: string;
  /** Set when the listener is up. */
  url: string;
  readonly app: RegisteredApp;
  webhookSecret: string;
  /** What a conversion of a manifest tells of the webhook's secret; absent: the secret itself. */
  readonly toldSecret?: string | null;
  /** PEM. */
  readonly privateKey: string;
  /** Apps that are being registered from a manifest, by their code. */
  readonly registrations: Map<string, AppManifest>;
  webhookUrl: string | undefined;
  /** How the App's webhook is configured, besides its URL and secret. */
  readonly hook: { contentType: "json" | "form"; signed: boolean; insecureSsl: "0" | "1" };
  readonly accounts: Map<string, Account>;
  readonly teams: Team[];
  readonly repositories: Repository[];
  /** Renamed and transferred ones, by the full names that they had. */
  readonly moved: Map<string, Repository>;
  readonly installations: Installation[];
  readonly tokens: Map<string, InstallationToken>;
  /** Personal tokens: what people use for REST and Git. */
  readonly personalTokens: Map<string, Account>;
  readonly violations: Violation[];
  readonly calls: Call[];
  readonly faults: FaultRule[];
  readonly deliveries: Delivery[];
  readonly delivery: DeliveryPlan;
  readonly merge: MergePlan;
  /** Repositories that Git reads from a replica, which is a copy from before. */
  readonly lagging: Set<Repository>;
  /** Repositories that REST reads as they were some seconds ago. */
  readonly restLags: Map<Repository, RestLag>;
  readonly rate: { limit: number; used: number; resetAt: number };
  /** What an installation may ask for in some seconds; absent: nothing is limited but by the quota. */
  secondary?: {
    readonly points: { readonly most: number; readonly seconds: number };
    readonly creations: readonly { readonly most: number; readonly seconds: number }[];
  };
  /** What secondary limits have counted, by installation. */
  readonly counted: Map<number, Counted[]>;
  readonly pending: Set<Promise<unknown>>;
  readonly now: () => Date;
  lastId: number;
  closed: boolean;
}

/** Timestamps as GitHub writes them: whole seconds, UTC. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

export function nextId(world: World): number {
  world.lastId += 1;
  return world.lastId;
}

/** Work that nobody awaits, which `settle()` and `close()` wait for. */
export function background(world: World, work: Promise<unknown>): void {
  const tracked = work.catch((error: unknown) => {
    if (!world.closed) {
      world.violations.push({
        where: "webhook",
        operation: "simulator",
        message: `the simulator itself failed: ${String(error)}`,
      });
    }
  });
  world.pending.add(tracked);
  void tracked.finally(() => world.pending.delete(tracked));
}
