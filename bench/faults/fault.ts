import type { ClusterOptions, Cluster } from "./cluster.ts";
import type { Traffic } from "./traffic.ts";

/** How much a fault is done, and for how long. */
export interface Extent {
  /** Multiplies the pull requests. */
  readonly scale: number;
  /** Outages last as long as they are named; else a tenth or less. */
  readonly realTime: boolean;
  /** A built checkout with an older schema of the database. */
  readonly old?: string;
}

/** Something that goes wrong while pull requests come. */
export interface Fault {
  /** For the table. */
  readonly title: string;
  /** Why it cannot be done here; undefined if it can. */
  unavailable?(extent: Extent): string | undefined;
  /** Prepares what the cluster is started with; `undo` is called in the end. */
  prepare?(extent: Extent): Promise<{ readonly options: Partial<ClusterOptions>; undo(): Promise<void> }>;
  /** Starts replicas, lets pull requests come, does the fault, and ends it. */
  run(cluster: Cluster, traffic: Traffic, extent: Extent): Promise<void>;
}

/** Milliseconds of an outage that is named in seconds. */
export function lasting(seconds: number, { realTime }: Extent, compressed = seconds / 10): number {
  return (realTime ? seconds : compressed) * 1_000;
}

/** A number of pull requests. */
export function many(count: number, { scale }: Extent): number {
  return Math.max(3, Math.round(count * scale));
}
