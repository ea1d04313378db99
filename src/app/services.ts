import type { Logger } from "pino";
import type { Clients } from "../github/clients.ts";
import type { Database } from "../store/database.ts";
import type { Queue } from "../store/queue.ts";
import { enqueueWorkIfIdle, enqueueWork, workKey, type Subject } from "../store/work.ts";
import type { JudgePool } from "./judge/pool.ts";
import type { Metrics } from "./metrics.ts";
import type { Mirrors } from "./mirror/mirror.ts";

/** The steps of a job, for those who watch one: tests end the process at each. */
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

/** What all jobs work with. */
export interface Services {
  readonly database: Database;
  readonly queue: Queue;
  readonly clients: Clients;
  readonly mirrors: Mirrors;
  readonly pool: JudgePool;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly appId: number;
  /** Seconds until a judgement that could not finish concludes as failure. */
  readonly deadline: number;
  /** Extra certificates for Git, in PEM form. */
  readonly authorities?: string;
  /** Work that runs in this process, by key: a newer event ends it. */
  readonly running: Map<string, AbortController>;
  readonly checkpoint: (checkpoint: Checkpoint) => Promise<void> | void;
}

/** Asks for work, ends what runs on an older state of it, and calls a worker. */
export async function enqueue(
  services: Pick<Services, "database" | "queue" | "running">,
  subject: Subject,
  forced = false,
): Promise<void> {
  const key = await enqueueWork(services.database, subject, forced);
  services.running.get(key)?.abort();
  await services.queue.send("work", { key });
}

/** Asks for work that nothing new has happened to: what waits or runs already is let alone. */
export async function enqueueIfIdle(services: Pick<Services, "database" | "queue">, subject: Subject): Promise<void> {
  if (await enqueueWorkIfIdle(services.database, subject)) await services.queue.send("work", { key: workKey(subject) });
}
