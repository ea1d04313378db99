import type { Verdict } from "./report.ts";

/** What all of a gated branch shows by itself, whether or not anybody changes it. */
export interface Standing {
  readonly verdict: Verdict;
  readonly manifests: number;
  /** Policies with findings that deny or warn and that no waiver covers, by id. */
  readonly policies: { readonly [id: string]: Failing };
  /** How many findings of policies waivers cover, by id. */
  readonly waived: { readonly [id: string]: number };
  readonly controls: StandingControls;
  readonly waivers: StandingWaivers;
  /** API versions in use that the next Kubernetes versions of their environments deprecate or do not serve. */
  readonly ending: readonly EndingVersion[];
  readonly problems: readonly StandingProblem[];
  /** How many there are of what `problems` holds the first of, and of what was not rendered. */
  readonly unjudged: { readonly problems: number; readonly gaps: number };
}

/** Controls by `framework/control`, over all environments: the worst of them counts. */
export interface StandingControls {
  readonly failing: { readonly [id: string]: Failing };
  /** Satisfied by exception, with the number of findings that waivers cover. */
  readonly waived: { readonly [id: string]: number };
  readonly satisfied: number;
  readonly undetermined: number;
}

/** Something that fails: since which judgement (RFC 3339), and what came before that one. */
export interface Failing {
  readonly findings: number;
  readonly since: string;
  readonly because: readonly Because[];
}

/** What differed between the judgement that first saw it and the one before. */
export type Because =
  /** There was none before. */
  | { readonly kind: "first" }
  | { readonly kind: "commits"; readonly from: string; readonly to: string }
  /** Other rules: the commits that they were read from. */
  | { readonly kind: "rules"; readonly from: string; readonly to: string }
  | { readonly kind: "waiver"; readonly path: string; readonly line: number; readonly expires: string }
  /** Neither: what servers have, or a date that rules name. */
  | { readonly kind: "time" };

/** Waivers that somebody should look at. */
export interface StandingWaivers {
  readonly inForce: number;
  /** They cover something, and expired, or will within `warnDays` days. */
  readonly expired: readonly StandingWaiver[];
  readonly expiring: readonly StandingWaiver[];
  /** They match nothing. */
  readonly unused: readonly { readonly path: string; readonly line: number; readonly what: string }[];
}

/** A waiver as it is written. */
export interface StandingWaiver {
  readonly path: string;
  readonly line: number;
  /** A policy, `problem STAGE` or `gap`. */
  readonly what: string;
  readonly expires: string;
  readonly reason: string;
  readonly ticket?: string;
  readonly owner?: string;
  readonly covers: number;
}

/** An API version that ends. */
export interface EndingVersion {
  readonly message: string;
  readonly objects: number;
  /** Where one of them is. */
  readonly path: string;
  readonly line: number;
}

/** Something that could not be judged. */
export interface StandingProblem {
  readonly path?: string;
  readonly line?: number;
  readonly message: string;
}

/** One judgement of a branch as it is stored. */
export interface StoredStanding {
  readonly repository: number;
  readonly branch: string;
  readonly commit: string;
  /** The digest of the rules, and the commit that they were read from. */
  readonly policies: string;
  readonly rules: string;
  /** RFC 3339. */
  readonly judgedAt: string;
  readonly standing: Standing;
}
