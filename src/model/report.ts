import type { Finding, ReportedProblem } from "./finding.ts";

/** pass and warn let through, fail and error block. */
export type Verdict = "pass" | "warn" | "fail" | "error";

export interface Counts {
  readonly manifests: number;
  readonly sources: number;
  readonly introduced: number;
  readonly existing: number;
  readonly fixed: number;
  readonly waived: number;
  /** Results that a Rego `exception` rule excused. */
  readonly excepted?: number;
  readonly problems: number;
}

export interface CheckedFile {
  readonly path: string;
  readonly manifests: number;
  /** Documents of the file that hold no Kubernetes object. */
  readonly skipped?: readonly { readonly line: number; readonly reason: string }[];
}

/** How many manifests the change touches, by kind of change; all zero: it touches none. */
export interface ChangeCounts {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly moved: number;
}

/** A file (or, where only part of it is skipped, a document) that was not judged, and why that is right. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
  /** The change brings or alters this file, and manifests come of it that were not judged: people must look instead. */
  readonly touched?: true;
}

/** Which trees were judged, as the report names them. */
export interface Judged {
  readonly after: string;
  readonly before?: string;
  /** How `after` came about, e.g. `test merge`, `head against merge base`, `merge group`, `directory`. */
  readonly how: string;
}

/** Everything that one judgement of one pair of trees found, as plain data. Schema: schema/report.schema.json. */
export interface Report {
  readonly version: 1;
  readonly verdict: Verdict;
  readonly counts: Counts;
  readonly findings: readonly Finding[];
  readonly problems: readonly ReportedProblem[];
  readonly checked: readonly CheckedFile[];
  readonly skipped: readonly Skipped[];
  /** The job's time (RFC 3339), the one value that policies saw as now. */
  readonly now: string;
  readonly judged: Judged;
  /** Digest of policies, data, toolchain and options. */
  readonly policies: { readonly digest: string; readonly count: number };
  /** In mode `report` the verdict is never `fail`: what would have blocked is shown and warns. `error` stays. */
  readonly mode: "enforce" | "report";
  /** Present where a change was judged. */
  readonly changes?: ChangeCounts;
}
