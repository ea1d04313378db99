import type { Logger } from "pino";
import type { Clients } from "../github/clients.ts";
import type { RepositoryClient } from "../github/repository-client.ts";
import type { Queue } from "../store/queue.ts";
import type { StoreQueries } from "../store/store-queries.ts";
import { workKey, type Subject } from "../store/work.ts";
import type { JudgePool } from "./judge/pool.ts";
import type { Metrics } from "./metrics.ts";
import type { Mirrors } from "./mirror/mirror.ts";

/** The points of a job at which a test can stop it or end the process. */
export type Checkpoint =
  | "leased"
  | "target read"
  | "run intended"
  | "run created"
  | "fetched"
  | "rules prepared"
  | "judged"
  | "verdict recorded"
  | "annotated"
  | "concluded"
  | "comments claimed"
  | "review posted"
  | "finished";

/** What the jobs work with. Each job declares the part that it uses, so that a test passes no more than that. */
export interface Services {
  readonly store: StoreQueries;
  readonly queue: Queue;
  readonly clients: Clients;
  readonly mirrors: Pick<Mirrors, "acquire">;
  readonly pool: Pick<JudgePool, "take" | "takeSpare">;
  readonly metrics: Metrics;
  readonly log: Pick<Logger, "debug" | "info" | "warn" | "error">;
  readonly appId: number;
  /** Seconds after which a judgement that has not finished concludes as failure. */
  readonly deadline: number;
  /** Seconds for which a worker leases work, unless it renews the lease. */
  readonly leaseSeconds: number;
  /** A file of certificates in PEM form that Git trusts. */
  readonly authorities?: string;
  /** The work that runs in this process, by key. A newer event aborts it. */
  readonly running: Map<string, AbortController>;
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
    ): Promise<{ readonly github: Pick<RepositoryClient, Name>; readonly token: string }>;
    readToken: Clients["readToken"];
  };
}

/** Services that can call a worker. */
export interface UsesQueue {
  readonly queue: Pick<Queue, "send">;
}

/** What `enqueue` needs. */
export type EnqueueServices = UsesStore<"enqueueWork"> & UsesQueue & Pick<Services, "running">;

/** Enqueues work on `subject`, aborts the job that runs on an older state of it, and calls a worker. */
export async function enqueue(services: EnqueueServices, subject: Subject, forced = false): Promise<void> {
  const key = await services.store.enqueueWork(subject, forced);
  services.running.get(key)?.abort();
  await services.queue.send("work", { key });
}

/** What `enqueueIfIdle` needs. */
export type EnqueueIfIdleServices = UsesStore<"enqueueWorkIfIdle"> & UsesQueue;

/** Enqueues work on `subject`, unless it waits or runs already: then that is left as it is. */
export async function enqueueIfIdle(services: EnqueueIfIdleServices, subject: Subject): Promise<void> {
  if (await services.store.enqueueWorkIfIdle(subject)) await services.queue.send("work", { key: workKey(subject) });
}
