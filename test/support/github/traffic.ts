// What travels between GitHub and the App, and what goes wrong with it.
import type { JsonObject } from "./json.ts";

export interface Violation {
  readonly where: "request" | "answer" | "webhook";
  readonly operation: string;
  readonly message: string;
}

/** One request that reached the server. Git requests have operations `git/info-refs` and `git/upload-pack`. */
export interface Call {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Milliseconds since the epoch when it arrived, and until it was answered. */
  readonly at: number;
  readonly took: number;
  readonly repository?: string;
  /** The pull requests it was about, as far as path, body or head tell. */
  readonly pulls: readonly number[];
}

/** How webhooks travel; may be changed while the server runs. */
export interface DeliveryPlan {
  /** Milliseconds before a delivery leaves, or a function of the event. */
  delay: number | ((delivery: Delivery) => number);
  /** How many times each is sent (GitHub can repeat itself); default 1. */
  copies: number | ((delivery: Delivery) => number);
  /** True: lost on the way. GitHub lists it as failed and never tries again by itself. */
  drop: (delivery: Delivery) => boolean;
  /** Gathers deliveries for so many milliseconds and sends them newest first, one after the other. */
  reorderWithin: number;
  /** GitHub hangs up after 10 s; a busy machine gets longer. */
  timeout: number;
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: JsonObject;
  readonly redelivery: boolean;
  readonly installationId: number;
  readonly repositoryId: number | null;
  deliveredAt: string;
  /** HTTP status; 0 when lost, refused or timed out. */
  statusCode: number;
  status: string;
  /** Milliseconds until the App answered. */
  took: number;
  answer: string;
}

export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly message?: string }
  | { readonly kind: "rate-limit"; readonly resetIn?: number }
  | { readonly kind: "secondary-limit"; readonly retryAfter?: number }
  | { readonly kind: "reset" }
  /** Does the work, then loses the answer: what makes clients create things twice. */
  | { readonly kind: "lost-answer" }
  | { readonly kind: "slow"; readonly ms: number }
  /** Is worked on once that has come. */
  | { readonly kind: "held"; readonly until: Promise<void> }
  | { readonly kind: "hang" };

export interface FaultRule {
  /** Operation id such as `checks/create`, `git/upload-pack`, or a prefix ending in `*`; absent: any. */
  readonly operation?: string;
  readonly path?: RegExp;
  /** How many matching requests are let through first. */
  skip: number;
  /** How many are hit after that. */
  times: number;
  readonly fault: Fault;
  hits: number;
}

/** A request that secondary limits count. */
export interface Counted {
  readonly at: number;
  readonly points: number;
  readonly creates: boolean;
}

/** How test merges behave; may be changed while the server runs. */
export interface MergePlan {
  /** Milliseconds for which `mergeable` stays null and refs/pull/N/merge stale after a head or base moved. */
  delay: number;
  /** What refs/pull/N/merge is while in conflict: GitHub leaves the last good one. */
  onConflict: "stale" | "delete";
}
