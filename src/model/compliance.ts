import type { Finding } from "./finding.ts";

/** A security standard: its controls in our own words, and the policies that show something of each. */
export interface Framework {
  /** As the controls of METADATA begin: `CIS-Kubernetes` of `CIS-Kubernetes/5.2.2`. */
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly url: string;
  readonly controls: readonly FrameworkControl[];
}

/** One control. `policies`: those that show it besides the ones whose METADATA names it. */
export interface FrameworkControl {
  readonly id: string;
  readonly title: string;
  readonly policies: readonly string[];
}

/**
 * What manifests show of a control: no finding of its policies; findings that waivers cover, all of them, so that it is
 * satisfied by exception; at least one that none covers; no policy judged it; or something could not be judged, so that
 * the absence of findings shows nothing.
 */
export type ControlStatus = "satisfied" | "waived" | "not-satisfied" | "not-covered" | "undetermined";

/** A control in one environment. */
export interface ControlResult {
  readonly framework: Framework;
  readonly control: FrameworkControl;
  /** Absent: manifests that land in no known environment. */
  readonly environment?: string;
  readonly status: ControlStatus;
  /** The policies that judged it there. */
  readonly policies: readonly string[];
  readonly findings: readonly Finding[];
}

/** The verdict of one judgement by framework, environment and control. */
export interface Compliance {
  /** The job's time (RFC 3339). */
  readonly now: string;
  readonly manifests: number;
  readonly problems: number;
  readonly results: readonly ControlResult[];
}
