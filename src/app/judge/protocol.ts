import type { Config } from "../../model/config.ts";
import type { Problem } from "../../model/problem.ts";
import type { Report } from "../../model/report.ts";

/** Which policies are to judge: the tip of the default branch, or the set that was in force before. */
export interface PrepareRequest {
  readonly kind: "prepare";
  /** Directory of the mirror. */
  readonly mirror: string;
  /** Commit of the default branch, and the branch's name for people. */
  readonly trusted: string;
  readonly branch: string;
  /** The commit whose set compiled last; absent: none ever did. */
  readonly inForce?: string;
  readonly enrolled: boolean;
  /** The job's time, RFC 3339. */
  readonly now: string;
}

export type PrepareAnswer =
  | { readonly kind: "not enrolled" }
  | {
      readonly kind: "in force";
      /** The commit the set was read from. */
      readonly commit: string;
      /** Digest of configuration, policies, data and toolchain. */
      readonly digest: string;
      readonly branches: readonly string[];
      readonly comments: boolean;
      /** Why a set other than the newest is in force; empty where the newest is. */
      readonly notes: readonly string[];
    }
  /** Enrolled, but no set ever compiled: only changes of policies and configuration may pass. */
  | { readonly kind: "none compiles"; readonly digest: string; readonly problems: readonly Problem[] };

/** Judges a change by what `prepare` answered on the same thread. */
export interface JudgeRequest {
  readonly kind: "judge";
  readonly mirror: string;
  readonly after: string;
  readonly before?: string;
  readonly how: string;
  readonly now: string;
  readonly branch: string;
  /** URLs of this repository. */
  readonly repositories: readonly string[];
  readonly rules:
    | { readonly kind: "in force"; readonly commit: string }
    | { readonly kind: "none compiles"; readonly trusted: string };
}

export interface JudgeAnswer {
  readonly kind: "judged";
  readonly report: Report;
  /** What blocks by the rules in force. */
  readonly block: Config["block"];
  /** Sentences for the check's summary: what the change does to the policies themselves. */
  readonly notes: readonly string[];
}

export type JudgeThreadRequest = PrepareRequest | JudgeRequest;
export type JudgeThreadAnswer = PrepareAnswer | JudgeAnswer;

/** What travels to the thread and back. */
export interface Envelope<T> {
  readonly id: number;
  readonly content: T;
}

/** The thread could not do it: a bug or a broken mirror, never something that stands in the trees. */
export interface ThreadFailure {
  readonly kind: "failed";
  readonly message: string;
}

export interface JudgeThreadOptions {
  /** Compiled policies are kept here. */
  readonly cacheDirectory: string;
}
