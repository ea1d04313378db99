import type { ManifestName } from "./finding.ts";
import type { Level } from "./policy.ts";

/** What other rules change for one object: they deny it newly or no longer, or show something about it newly or no longer. */
export type ImpactKind = "blocked" | "allowed" | "shown" | "cleared";

/** One result that differs between two sets of rules, for one object in one environment. */
export interface ImpactEntry {
  readonly kind: ImpactKind;
  readonly policy: string;
  readonly rule: string;
  readonly message: string;
  /** Its level by the old rules; absent: they do not find it. */
  readonly before?: Level;
  /** Its level by the new rules; absent: they do not find it. */
  readonly after?: Level;
  readonly manifest: ManifestName;
  readonly environment?: string;
  /** The source it came through; absent for a plain file. */
  readonly source?: string;
  readonly location: { readonly path: string; readonly line: number };
  /** Who owns the file, as CODEOWNERS names them; absent where nothing says. */
  readonly owners?: readonly string[];
}

/** The number of objects that a set of rules denies and warns about, once for each result, environment and source. */
export interface ImpactTotals {
  readonly denied: number;
  readonly warned: number;
}

/** What a change of the rules does to the desired state as a whole. Schema: schema/impact.schema.json. */
export interface Impact {
  readonly version: 1;
  /** The job's time, RFC 3339. */
  readonly now: string;
  readonly before: ImpactTotals;
  readonly after: ImpactTotals;
  /** By what they change, then by policy and place. */
  readonly entries: readonly ImpactEntry[];
}
