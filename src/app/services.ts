import type { Logger } from "pino";
import type { Clients } from "../github/clients.ts";
import type { RepositoryClient } from "../github/repository-client.ts";
import type { Queue } from "../store/queue.ts";
import type { StoreQueries } from "../store/store-queries.ts";
import type { Subject } from "../store/work.ts";
import type { EvidenceMaker } from "./evidence/signer.ts";
import type { JudgePool } from "./judge/pool.ts";
import type { Metrics } from "./metrics.ts";
import type { Mirrors } from "./mirror/mirror.ts";
import type { RequirementNotes } from "./publish/requirement.ts";

/** The points of a job at which a test can stop it or end the process. */
export type Checkpoint =
  | "leased"
  | "target read"
  | "run intended"
  | "run created"
  | "fetched"
  | "rules prepared"
  | "judged"
  | "standing recorded"
  | "verdict recorded"
  | "annotated"
  | "concluded"
  | "comment deleted"
  | "comments tidied"
  | "comments claimed"
  | "review posted"
  | "finished";

/** What the jobs work with. Each job declares the part that it uses, so that a test passes no more than that. */
export interface Services {
  readonly store: StoreQueries;
  readonly queue: Queue;
  readonly clients: Clients;
  readonly mirrors: Pick<Mirrors, "acquire" | "doubt" | "keepOnly">;
  readonly pool: Pick<JudgePool, "take" | "takeSpare">;
  readonly metrics: Metrics;
  readonly requirements: RequirementNotes;
  readonly log: Pick<Logger, "debug" | "info" | "warn" | "error">;
  readonly appId: number;
  /** Answers the login under which the App writes. Rejects with the error of octokit. */
  readonly ownLogin: () => Promise<string>;
  /** The address of the page that shows the report of a job; absent: the server has no public address. */
  readonly reportUrl?: (job: string) => string;
  /** How merged commits get their evidence; absent: they get none. */
  readonly evidence?: EvidenceMaker;
  /** Seconds after which a judgement that has not finished concludes as failure. */
  readonly deadline: number;
  /** Seconds for which a worker leases work, unless it renews the lease. */
  readonly leaseSeconds: number;
  /** A file of certificates in PEM form that Git trusts. */
  readonly authorities?: string;
  /** The work that runs in this process, by key. A newer event aborts it. */
  readonly running: Map<string, AbortController>;
  /** The clock by which branches are judged by themselves. */
  readonly now: () => Date;
  /** Called at each checkpoint of each job; the job waits for it. */
  readonly checkpoint: (checkpoint: Checkpoint) => Promise<void> | void;
}

/** Services with these queries of the store. */
export interface UsesStore<Name extends keyof StoreQueries> {
  readonly store: Pick<StoreQueries, Name>;
}

/** Services that give access to a repository for these calls of GitHub's API. */
export interface UsesGitHub<Name extends keyof RepositoryClient> {
  readonly clients: {
    access(
      installation: number,
      repository: number,
    ): Promise<{ readonly github: Pick<RepositoryClient, Name>; readonly token: string; readonly unreadable?: string }>;
    readToken: Clients["readToken"];
    organization: Clients["organization"];
    issues: Clients["issues"];
  };
}

/** Services that can call a worker. */
export interface UsesQueue {
  readonly queue: Pick<Queue, "send" | "wake">;
}

/** What `enqueue` needs. */
export type EnqueueServices = UsesStore<"endPauses" | "enqueueWork"> & UsesQueue & Pick<Services, "running">;

/** Enqueues work on `subject`, aborts the job that runs on an older state of it, and calls a worker. */
export async function enqueue(
  services: EnqueueServices,
  subject: Subject,
  forced = false,
  urgent = true,
): Promise<void> {
  const key = await services.store.enqueueWork(subject, forced, urgent);
  // Somebody asks for it: it is tried now, even if its installation or repository was unavailable.
  if (forced) await services.store.endPauses(subject.installation, subject.repository.id);
  services.running.get(key)?.abort();
  services.queue.wake();
}

/** What `enqueueIfIdle` needs. */
export type EnqueueIfIdleServices = UsesStore<"enqueueWorkIfIdle"> & UsesQueue;

/** Enqueues work on `subject`, unless it waits or runs already: then that is left as it is, or becomes urgent. */
export async function enqueueIfIdle(services: EnqueueIfIdleServices, subject: Subject, urgent = false): Promise<void> {
  if (await services.store.enqueueWorkIfIdle(subject, urgent)) services.queue.wake();
}
