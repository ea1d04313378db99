import type { HeldThread } from "../../../src/app/judge/pool.ts";
import type { PrepareAnswer } from "../../../src/app/judge/protocol.ts";
import type { Mirror } from "../../../src/app/mirror/mirror.ts";
import type { Services } from "../../../src/app/services.ts";
import type { Target } from "../../../src/app/target.ts";
import type { PullRequest } from "../../../src/github/pulls.ts";
import type { RepositoryClient } from "../../../src/github/repository-client.ts";
import type { Head } from "../../../src/store/heads.ts";
import type { Repository } from "../../../src/store/repositories.ts";
import type { Run } from "../../../src/store/runs.ts";
import type { StoreQueries } from "../../../src/store/store-queries.ts";
import type { LeasedWork, Subject } from "../../../src/store/work.ts";
import { fake, type Calls } from "./fake.ts";

/** Pull request 3 of acme/shop, into main. */
export function pullRequest(over: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 3,
    open: true,
    merged: false,
    draft: false,
    head: "head",
    base: "base",
    baseRef: "main",
    updatedAt: "2027-01-15T10:00:00Z",
    mergeable: true,
    repository: {
      id: 7,
      owner: "acme",
      name: "shop",
      cloneUrl: "https://github.example/acme/shop.git",
      defaultBranch: "main",
      archived: false,
    },
    ...over,
  };
}

export const place = { owner: "acme", repo: "shop" };

export function pullTarget(over: Partial<PullRequest> = {}): Target {
  const pull = pullRequest(over);
  return { repository: pull.repository, head: pull.head, baseRef: pull.baseRef, pull };
}

export const pullSubject: Subject = {
  kind: "pull",
  installation: 1,
  repository: { id: 7, owner: "acme", name: "shop" },
  number: 3,
};

export function leasedWork(over: Partial<LeasedWork> = {}): LeasedWork {
  return {
    key: "pull:7:3",
    subject: pullSubject,
    wanted: 1,
    forced: false,
    urgent: true,
    attempts: 1,
    age: 0,
    lease: "lease",
    unavailable: [],
    ...over,
  };
}

export function storedRepository(over: Partial<Repository> = {}): Repository {
  return {
    id: 7,
    owner: "acme",
    name: "shop",
    installation: 1,
    defaultBranch: "main",
    enrolled: true,
    policies: "p1",
    gates: [],
    historyRead: true,
    ...over,
  };
}

/** The head of pull request 3, judged by the policies p1. */
export function storedHead(over: Partial<Head> = {}): Head {
  return {
    work: "pull:7:3",
    pull: 3,
    head: "head",
    check: "portcullis",
    conclusion: "failure",
    published: "failure",
    policies: "p1",
    ...over,
  };
}

/** Rules of the commit tip, with the policies p1. */
export const inForce: Extract<PrepareAnswer, { readonly kind: "in force" }> = {
  kind: "in force",
  commit: "tip",
  digest: "p1",
  branches: [],
  comments: "on",
  rollback: { days: 30 },
  issue: false,
  notes: [],
};

/** A run in progress. */
export function storedRun(over: Partial<Run> = {}): Run {
  return {
    job: "job-1",
    work: "pull:7:3",
    repository: 7,
    head: "head",
    baseRef: "main",
    runId: 11,
    externalId: "external",
    annotated: 0,
    reviewed: false,
    ...over,
  };
}

/** The answers of the ports that a job uses; all others answer nothing. */
export interface Answers extends Partial<Omit<Services, "store" | "clients" | "mirrors" | "pool">> {
  readonly store?: Partial<StoreQueries>;
  readonly github?: Partial<RepositoryClient>;
  readonly mirror?: Partial<Mirror>;
  readonly thread?: Partial<HeldThread>;
  /** Aborts when a job waits for the spare thread; absent: no thread is spare. */
  readonly wanted?: AbortController;
}

/** Services whose ports give these answers, and all that was asked of them, in order. */
export function fakeServices(answers: Answers = {}): {
  readonly services: Services;
  readonly github: RepositoryClient;
  readonly mirror: Mirror;
  readonly calls: Calls;
} {
  const { store = {}, github = {}, mirror = {}, thread = {}, wanted, ...over } = answers;
  const calls: Calls = [];
  const client = fake<RepositoryClient>(github, calls);
  const none = async () => [];
  const nothing = {
    endOverrides: none,
    findGreenRuns: none,
    listExpiredSubjects: none,
    listPassed: none,
    otherPullsWithHead: none,
    takeOverridesToFollowUp: none,
  };
  const queries = { ...nothing, ...store };
  const fakeMirror = fake<Mirror>({ directory: "/mirror", ...mirror }, calls);
  const services: Services = {
    store: fake<StoreQueries>(queries, calls),
    clients: fake<Services["clients"]>(
      {
        access: async () => ({ github: client, token: "token" }),
        readToken: async () => undefined,
        usedUp: () => ({ all: [], background: [] }),
      },
      calls,
    ),
    queue: fake<Services["queue"]>({}, calls),
    mirrors: {
      acquire: async () => fakeMirror,
      doubt: fake<Pick<Services["mirrors"], "doubt">>({}, calls).doubt,
      keepOnly: async () => {},
    },
    pool: {
      take: async () => fake<HeldThread>(thread, calls),
      takeSpare: () =>
        wanted === undefined ? undefined : { thread: fake<HeldThread>(thread, calls), wanted: wanted.signal },
    },
    metrics: fake<Services["metrics"]>({
      jobs: fake<Services["metrics"]["jobs"]>({}),
      jobSeconds: fake<Services["metrics"]["jobSeconds"]>({}),
      judgeSeconds: fake<Services["metrics"]["judgeSeconds"]>({}),
      verdicts: fake<Services["metrics"]["verdicts"]>({}),
      differences: fake<Services["metrics"]["differences"]>({}),
    }),
    requirements: fake<Services["requirements"]>({ notesOf: async () => [] }),
    log: fake<Services["log"]>({}, calls),
    appId: 99,
    ownLogin: async () => "portcullis[bot]",
    deadline: 600,
    leaseSeconds: 60,
    running: new Map(),
    now: () => new Date("2027-01-15T12:00:00Z"),
    checkpoint: () => {},
    ...over,
  };
  return { services, github: client, mirror: fakeMirror, calls };
}
