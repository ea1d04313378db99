import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** The metrics that `GET /metrics` exposes. */
export interface Metrics {
  readonly contentType: string;
  /**
   * The text of one scrape. The values that come from the store are NaN while the store does not respond; the others
   * remain valid.
   */
  scrape(): Promise<string>;
  readonly deliveries: Pick<Counter<"answer">, "inc">;
  readonly jobs: Pick<Counter<"outcome">, "inc">;
  readonly verdicts: Pick<Counter<"verdict">, "inc">;
  readonly judgeSeconds: Pick<Histogram, "observe">;
  readonly jobSeconds: Pick<Histogram, "observe">;
  readonly requests: Pick<Counter<"status">, "inc">;
  readonly quota: Pick<Gauge, "set">;
  readonly workerRestarts: Pick<Counter, "inc">;
}

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

const UNKNOWN = { waiting: Number.NaN, oldest: Number.NaN, stuck: Number.NaN, dead: Number.NaN };

/**
 * Creates the metrics. `refresh` is called before each scrape for the values that come from the store; `oldest` is in
 * seconds.
 */
export function createMetrics(
  refresh: () => Promise<{
    readonly waiting: number;
    readonly oldest: number;
    readonly stuck: number;
    readonly dead: number;
  }>,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "portcullis_" });
  const waiting = new Gauge({
    name: "portcullis_work_waiting",
    help: "Pull requests and merge groups waiting to be judged.",
    registers,
  });
  const oldest = new Gauge({
    name: "portcullis_work_oldest_seconds",
    help: "Age of the oldest waiting work.",
    registers,
  });
  const stuck = new Gauge({
    name: "portcullis_check_runs_stuck",
    help: "Check runs in progress past the deadline; must be 0.",
    registers,
  });
  const dead = new Gauge({
    name: "portcullis_deliveries_dead",
    help: "Webhook deliveries that could not be handled and are not tried again; must be 0.",
    registers,
  });
  return {
    contentType: registry.contentType,
    async scrape() {
      // Before the registry reads any gauge: one that is set later would show the value of the previous scrape.
      const depth = await refresh().catch(() => UNKNOWN);
      waiting.set(depth.waiting);
      oldest.set(depth.oldest);
      stuck.set(depth.stuck);
      dead.set(depth.dead);
      return registry.metrics();
    },
    deliveries: new Counter({
      name: "portcullis_deliveries_total",
      help: "Webhook deliveries by HTTP status.",
      labelNames: ["answer"],
      registers,
    }),
    jobs: new Counter({ name: "portcullis_jobs_total", help: "Jobs by outcome.", labelNames: ["outcome"], registers }),
    verdicts: new Counter({ name: "portcullis_verdicts_total", help: "Verdicts.", labelNames: ["verdict"], registers }),
    judgeSeconds: new Histogram({
      name: "portcullis_judge_seconds",
      help: "Time to judge one pair of trees.",
      buckets: SECONDS,
      registers,
    }),
    jobSeconds: new Histogram({
      name: "portcullis_job_seconds",
      help: "Time from the start of a job to its concluded check.",
      buckets: SECONDS,
      registers,
    }),
    requests: new Counter({
      name: "portcullis_github_requests_total",
      help: "Requests to GitHub's API by status.",
      labelNames: ["status"],
      registers,
    }),
    quota: new Gauge({
      name: "portcullis_github_quota_remaining",
      help: "Requests left in the rate limit, as GitHub last reported.",
      registers,
    }),
    workerRestarts: new Counter({
      name: "portcullis_judge_worker_restarts_total",
      help: "Judge threads stopped at a deadline or crashed.",
      registers,
    }),
  };
}
