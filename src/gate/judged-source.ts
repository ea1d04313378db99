import type { ManifestHandle } from "../model/builtin-check.ts";
import type { Fact } from "../model/fact.ts";
import type { Pointer } from "../model/json.ts";
import type { FetchedPlace } from "../model/finding.ts";
import type { Identity, Manifest, Place, SourcePosition } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Gap } from "../model/source.ts";
import type { Tally } from "../model/tally.ts";
import type { Precision, Violation } from "../model/violation.ts";
import type { DesiredStateRequest } from "../render/desired-state.ts";
import type { KustomizationCache } from "../render/kustomizations/kustomize-roles.ts";

/** The place of a value in a file. */
export interface Located {
  readonly place: Place;
  /** Absent: the file that the manifest's position names. */
  readonly path?: string;
  /** How well the place is known, where that is less than what the violation itself says. */
  readonly precision?: Precision;
  /** Where the value is, if the place is the one that refers to what was fetched. */
  readonly fetched?: FetchedPlace;
}

/** A violation with its place, so that the text need not be kept. */
export interface LocatedViolation extends Located {
  readonly violation: Violation;
  /** The places of the values that the violation's cause was compared with. */
  readonly compared?: readonly (Located & { readonly pointer: Pointer })[];
  /** Without the environment. */
  readonly fingerprint: string;
}

/** The judgement of one manifest in one environment: enough to match and report it, without its content. */
export interface JudgedManifest {
  readonly identity: Identity;
  readonly apiVersion: string;
  readonly position: SourcePosition;
  readonly environment?: string;
  readonly source?: string;
  readonly violations: readonly LocatedViolation[];
  /** How many results an `exception` rule excused. */
  readonly excepted: number;
  /** The text of its annotation that waives findings. */
  readonly waives?: string;
  /** What conftest would count, where that was asked for. */
  readonly tally?: Tally;
  /** What others are judged by. */
  readonly facts?: readonly Fact[];
  readonly awaits?: readonly AwaitedFacts[];
  /** With `awaits`; absent in what is cached. */
  readonly manifest?: Manifest;
}

/** What cannot answer before the facts of `keys` are known: a builtin check, by its number, or the judge. */
export interface AwaitedFacts {
  readonly by: number | "judge";
  readonly keys: readonly string[];
}

/** A manifest that is not judged, since what yields it does not apply it. */
export interface NotApplied extends ManifestHandle {
  readonly reason: string;
}

/** One file or unit, read and judged as if it were new. Depends only on its content, its environments and the policies, not on the rest of the tree. */
export interface JudgedSource {
  /** Why a file as a whole is not judged. */
  readonly skippedAs?: string;
  /** With `skippedAs`: manifests come of the file that are not judged. */
  readonly unrendered?: true;
  readonly manifests: readonly JudgedManifest[];
  /** Parts of a judged file that are not judged. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  /** What a source yields and its tool neither applies nor deletes. */
  readonly notApplied?: readonly NotApplied[];
  readonly problems: readonly Problem[];
  readonly gaps?: readonly Gap[];
  /** A limit ended what finds places: another time they may be known better, so this is not cached. */
  readonly transient?: true;
}

/** What was found in one manifest once the facts that it waited for were known. */
export type LateManifest = Pick<JudgedManifest, "violations" | "excepted">;

/** The same for an origin. */
export interface LateJudgement {
  /** Manifest by manifest; empty where nothing was found in any. */
  readonly manifests: readonly LateManifest[];
  readonly problems: readonly Problem[];
}

/** Caches readings and judgements between checks, so that the cost depends on the change and not on the tree. */
export interface CheckCache {
  readonly sources: { get(key: string): JudgedSource | undefined; set(key: string, judged: JudgedSource): void };
  readonly late: { get(key: string): LateJudgement | undefined; set(key: string, late: LateJudgement): void };
  readonly kustomizations: KustomizationCache;
  readonly renderings: DesiredStateRequest["cache"];
}
