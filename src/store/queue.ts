import PgBoss from "pg-boss";
import type { Database } from "./database.ts";
import type { Part } from "./reconciliations.ts";

/** The queues, with the data of their jobs. */
interface Jobs {
  readonly delivery: { readonly guid: string };
  readonly sweep: { readonly reason: string };
  readonly reconcile: { readonly part: Part };
  readonly overrides: { readonly reason: string };
}

type QueueName = keyof Jobs;

/**
 * Durable jobs, and workers that need none. A job only tells a worker to look: what there is to do is stored in our own
 * tables, so a job that comes twice, late or never (a sweep makes up for it) does no harm.
 */
export interface Queue {
  /** Sends a job; `after` is the delay in seconds. */
  send<N extends QueueName>(name: N, data: Jobs[N], after?: number): Promise<void>;
  /** Requests a sweep. All requests of all replicas within `seconds` become one job. */
  sweepOncePer(seconds: number): Promise<void>;
  /** Starts `count` workers. A job whose handler rejects is retried after growing pauses. */
  work<N extends QueueName>(name: N, count: number, handler: (data: Jobs[N]) => Promise<void>): void;
  /**
   * Starts `count` workers that look for themselves: each calls `look` again while it resolves to true, which means that
   * it found something, and otherwise every second and when it is woken. `onBusy` is called each second while none of
   * them rests.
   */
  watch(count: number, look: () => Promise<boolean>, onBusy?: () => Promise<void>): void;
  /** Wakes a watching worker of this process. */
  wake(): void;
  /** Takes no new job, and waits up to `milliseconds` for those that run. */
  stop(milliseconds: number): Promise<void>;
}

const QUEUES: { readonly [name in QueueName]: PgBoss.Queue } = {
  delivery: { name: "delivery", policy: "standard", retryLimit: 20, retryBackoff: true, expireInSeconds: 120 },
  sweep: { name: "sweep", policy: "standard", retryLimit: 0, expireInSeconds: 900 },
  overrides: { name: "overrides", policy: "standard", retryLimit: 20, retryBackoff: true, expireInSeconds: 120 },
  reconcile: { name: "reconcile", policy: "standard", retryLimit: 0, expireInSeconds: 900 },
};

/** How long an idle worker waits before it looks again; a `send` or `wake` in this process wakes it at once. */
const REST_MILLISECONDS = 1_000;

/**
 * Opens pg-boss on our database. The fetch loop is our own: the one of pg-boss pauses after every job, and a failed
 * acknowledgement would end the process. `onError` is called for errors of the queue itself, which lose no job.
 */
export async function openQueue(database: Database, onError: (error: unknown) => void): Promise<Queue> {
  const boss = new PgBoss({
    db: {
      executeSql: async (text, values?: unknown[]) => ({ rows: (await database.query(text, values)) as unknown[] }),
    },
    schema: "portcullis_queue",
    schedule: false,
    archiveCompletedAfterSeconds: 3_600,
    deleteAfterDays: 3,
  });
  boss.on("error", onError);
  await boss.start();
  for (const queue of Object.values(QUEUES)) await boss.createQueue(queue.name, queue);

  const resting = new Map<QueueName | "watch", Set<() => void>>();
  const loops: Promise<void>[] = [];
  let stopping = false;
  /** Wakes that no worker rested for: the next one that would rest looks once more. */
  let wakes = 0;
  const timers: NodeJS.Timeout[] = [];

  const wake = (name: QueueName | "watch"): boolean => {
    const [first] = resting.get(name) ?? [];
    first?.();
    return first !== undefined;
  };
  const rest = (name: QueueName | "watch"): Promise<void> =>
    new Promise((done) => {
      const sleepers = resting.get(name) ?? new Set();
      resting.set(name, sleepers);
      const up = (): void => {
        clearTimeout(timer);
        sleepers.delete(up);
        done();
      };
      const timer = setTimeout(up, REST_MILLISECONDS);
      sleepers.add(up);
    });
  const once = async <N extends QueueName>(name: N, handler: (data: Jobs[N]) => Promise<void>): Promise<boolean> => {
    const [job] = await boss.fetch<Jobs[N]>(name, { batchSize: 1 });
    if (job === undefined) return false;
    try {
      await handler(job.data);
    } catch (error) {
      onError(error);
      await boss.fail(name, job.id, { message: error instanceof Error ? error.name : "unknown" });
      return true;
    }
    await boss.complete(name, job.id);
    return true;
  };
  const loop = async <N extends QueueName>(name: N, handler: (data: Jobs[N]) => Promise<void>): Promise<void> => {
    while (!stopping) {
      try {
        if (!(await once(name, handler)) && !stopping) await rest(name);
      } catch (error) {
        onError(error);
        await rest(name);
      }
    }
  };
  const watch = async (look: () => Promise<boolean>): Promise<void> => {
    while (!stopping) {
      const before = wakes;
      const found = await look().catch((error: unknown) => {
        onError(error);
        return false;
      });
      if (!found && before === wakes && !stopping) await rest("watch");
    }
  };

  return {
    async send(name, data, after = 0) {
      await boss.send(name, data, after > 0 ? { startAfter: Math.ceil(after) } : {});
      if (after <= 0) wake(name);
    },
    async sweepOncePer(seconds) {
      await boss.send("sweep", { reason: "clock" }, { singletonSeconds: seconds });
      wake("sweep");
    },
    work(name, count, handler) {
      for (let n = 0; n < count; n++) loops.push(loop(name, handler));
    },
    watch(count, look, onBusy) {
      for (let n = 0; n < count; n++) loops.push(watch(look));
      if (onBusy === undefined) return;
      const tell = (): void => {
        if ((resting.get("watch")?.size ?? 0) === 0) onBusy().catch(onError);
      };
      timers.push(setInterval(tell, REST_MILLISECONDS));
    },
    wake() {
      if (!wake("watch")) wakes++;
    },
    async stop(milliseconds) {
      stopping = true;
      for (const timer of timers) clearInterval(timer);
      for (const sleepers of resting.values()) for (const up of sleepers) up();
      const timeout = new AbortController();
      await Promise.race([
        Promise.all(loops),
        new Promise<void>((done) => {
          const timer = setTimeout(done, milliseconds);
          timeout.signal.addEventListener("abort", () => clearTimeout(timer));
        }),
      ]);
      timeout.abort();
      await boss.stop({ graceful: false });
    },
  };
}
