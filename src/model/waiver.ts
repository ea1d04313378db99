import type { Stage } from "./problem.ts";

/** What a waiver covers: findings of policies, or what could not be judged. */
export type WaiverScope =
  /** Findings of the policy of this id, or of all that the glob matches. */
  | { readonly kind: "policy"; readonly policy: string }
  /** Problems of one stage. */
  | { readonly kind: "problem"; readonly stage: WaivableStage }
  /** What was not rendered. */
  | { readonly kind: "gap" };

/** The stages whose problems may be waived; what is wrong with the configuration or the policies may not. */
export type WaivableStage = Exclude<Stage, "config" | "compile">;

/** The keys by which a waiver selects what it covers. */
export const waiverKeys = [
  "kind",
  "namespace",
  "name",
  "container",
  "environment",
  "path",
  "pointer",
  "message",
] as const;

/** One of these keys. */
export type WaiverKey = (typeof waiverKeys)[number];

/** What a waiver selects by: every key that is there must match, each by any of its patterns. */
export type WaiverMatch = { readonly [key in WaiverKey]?: readonly string[] };

/** Reviewed, expiring permission for what a policy finds, or for what could not be judged. */
export interface Waiver {
  /** The file that holds it, and its line there. */
  readonly path: string;
  readonly line: number;
  readonly scope: WaiverScope;
  readonly match: WaiverMatch;
  readonly reason: string;
  readonly ticket?: string;
  readonly owner?: string;
  /** The day (UTC, `2027-01-15`) on which it no longer holds. */
  readonly expires: string;
  /** It is an annotation of a manifest, at whose line it is. */
  readonly annotation?: true;
}

/** The annotation by which a manifest waives findings about itself, where the configuration lets it. */
export const WAIVE_ANNOTATION = "portcullis.dev/waive";

/** The waiver of a finding, problem or gap. */
export type UsedWaiver = Pick<Waiver, "path" | "line" | "reason" | "ticket" | "owner" | "expires" | "annotation">;

/** A waiver as a report lists it: where it covers something, or the change brings, edits or removes it. */
export interface ReportedWaiver extends Waiver {
  /**
   * `proposed`: the change brings it, or more of it, and it does not count yet; `approved`: it counts for this change;
   * `withdrawn`: the change removes it, or part of it, so that it counts no longer.
   */
  readonly state: "in force" | "proposed" | "approved" | "expired" | "withdrawn";
  /** What the change does to it. */
  readonly change?: WaiverChange["kind"];
  /** How many findings, problems and gaps it covers, or would cover; of one that is withdrawn, how many lose it. */
  readonly covers: number;
  /** Days until it expires, where that is soon and the change touches what it covers. */
  readonly daysLeft?: number;
  /** Identifies what it allows, wherever it is written: an approval is for this. */
  readonly digest: string;
}

/**
 * What a change does to waivers. `added`, `widened` and `extended` allow more than before: they need approval. `widened`:
 * it covers what it did not, whatever else is edited; `extended`: it covers the same, for longer; `reworded`: only its
 * reason, ticket or owner differ.
 */
export type WaiverChange =
  | { readonly kind: "added"; readonly after: Waiver }
  | { readonly kind: "removed"; readonly before: Waiver }
  | {
      readonly kind: "widened" | "extended" | "narrowed" | "shortened" | "reworded";
      readonly before: Waiver;
      readonly after: Waiver;
    };
