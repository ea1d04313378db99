import type { ComplianceTotals } from "../store/standings.ts";
import { complianceGauges, UNKNOWN_TOTALS } from "./compliance/compliance-gauges.ts";
import type { Part } from "../store/reconciliations.ts";
import type { Backlog } from "../store/work.ts";
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
  readonly heldSeconds: Pick<Counter, "inc">;
  readonly workerRestarts: Pick<Counter, "inc">;
  readonly differences: Pick<Counter<"kind">, "inc">;
}

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

const CLASSES = [true, false];
const UNKNOWN = {
  backlog: CLASSES.map((urgent) => ({ urgent, waiting: Number.NaN, held: Number.NaN, oldest: Number.NaN })),
  stuck: Number.NaN,
  dead: Number.NaN,
  unavailable: [],
  compared: [],
  audited: Number.NaN,
  compliance: UNKNOWN_TOTALS,
};

/** Creates the metrics. `refresh` is called before each scrape for the values that come from the store. */
export function createMetrics(
  refresh: () => Promise<{
    readonly backlog: readonly Backlog[];
    readonly stuck: number;
    readonly dead: number;
    readonly unavailable: readonly { readonly kind: string; readonly reason: string; readonly count: number }[];
    readonly compared: readonly { readonly part: Part; readonly finished: number }[];
    /** The number of the last row of the audit log. */
    readonly audited: number;
    readonly compliance: ComplianceTotals;
  }>,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "portcullis_" });
  const waiting = new Gauge({
    name: "portcullis_work_waiting",
    help: "Work that waits or runs: urgent, or what makes up for something, as after a change of the rules.",
    labelNames: ["class"],
    registers,
  });
  const oldest = new Gauge({
    name: "portcullis_work_oldest_seconds",
    help: "Age of the oldest waiting work.",
    labelNames: ["class"],
    registers,
  });
  const held = new Gauge({
    name: "portcullis_work_held",
    help: "Waiting work that GitHub's rate limits held back at its last attempt.",
    labelNames: ["class"],
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
  const unavailable = new Gauge({
    name: "portcullis_unavailable",
    help: "Installations, repositories and heads (kind: work) that wait until something changes, by reason.",
    labelNames: ["kind", "reason"],
    registers,
  });
  const compared = new Gauge({
    name: "portcullis_reconcile_timestamp_seconds",
    help: "When the last comparison with GitHub came to its end, in seconds since 1970; 0 if none did.",
    labelNames: ["part"],
    registers,
  });
  const audited = new Gauge({
    name: "portcullis_audit_rows",
    help: "The number of the last row of the audit log; must never fall.",
    registers,
  });
  const setCompliance = complianceGauges(registers);
  return {
    contentType: registry.contentType,
    async scrape() {
      // Before the registry reads any gauge: one that is set later would show the value of the previous scrape.
      const depth = await refresh().catch(() => UNKNOWN);
      for (const one of depth.backlog) {
        const labels = { class: one.urgent ? "urgent" : "background" };
        waiting.set(labels, one.waiting);
        oldest.set(labels, one.oldest);
        held.set(labels, one.held);
      }
      stuck.set(depth.stuck);
      dead.set(depth.dead);
      unavailable.reset();
      for (const { kind, reason, count } of depth.unavailable) unavailable.set({ kind, reason }, count);
      for (const { part, finished } of depth.compared) compared.set({ part }, finished);
      audited.set(depth.audited);
      setCompliance(depth.compliance);
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
    heldSeconds: new Counter({
      name: "portcullis_github_held_seconds_total",
      help: "Seconds for which GitHub required installations to wait.",
      registers,
    }),
    workerRestarts: new Counter({
      name: "portcullis_judge_worker_restarts_total",
      help: "Judge threads stopped at a deadline or crashed.",
      registers,
    }),
    differences: new Counter({
      name: "portcullis_reconcile_differences_total",
      help: "Differences between GitHub and what was stored, by kind.",
      labelNames: ["kind"],
      registers,
    }),
  };
}
