import type { Config } from "../../model/config.ts";
import type { Impact } from "../../model/impact.ts";
import type { Problem } from "../../model/problem.ts";
import type { Report } from "../../model/report.ts";
import type { RestorableState } from "../restoring/restorable-state.ts";
import type { Standing } from "../../model/standing.ts";
import type { RulesNeed } from "../rules/approval-needs.ts";

/** Asks which policies to judge by: those at the tip of the default branch, or the set that was in force before. */
export interface PrepareRequest {
  readonly kind: "prepare";
  /** The directory of the mirror. */
  readonly mirror: string;
  /** The commit at the tip of the default branch, and the name of that branch. */
  readonly trusted: string;
  readonly branch: string;
  /** URLs of this repository. */
  readonly repositories: readonly string[];
  /** The commit whose policy set compiled last; absent if none ever did. */
  readonly inForce?: string;
  readonly enrolled: boolean;
  /** The job's time, RFC 3339. */
  readonly now: string;
}

/** The policies to judge by. */
export type PrepareAnswer =
  | { readonly kind: "not enrolled" }
  | {
      readonly kind: "in force";
      /** The commit that the set was read from. */
      readonly commit: string;
      /** Digest of configuration, policies, data and toolchain, and of the waivers and dated levels that hold now. */
      readonly digest: string;
      readonly branches: Config["branches"];
      readonly comments: Config["comments"];
      readonly rollback: Config["rollback"];
      /** Absent: nobody may override. */
      readonly override?: Config["override"];
      /** Whether an issue about gated branches is kept current. */
      readonly issue: boolean;
      /** Why an older set is in force; empty if the newest is. */
      readonly notes: readonly string[];
    }
  /** Enrolled, but no set ever compiled: only a change of policies and configuration may pass. */
  | { readonly kind: "none compiles"; readonly digest: string; readonly problems: readonly Problem[] };

/** Judges a change by the policies that `prepare` returned on the same thread. */
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
  /** The gated branch that the change goes into. */
  readonly into: string;
  /** Digests of waivers that the change proposes and that owners have approved: they count. */
  readonly approvedWaivers?: readonly string[];
  /** States of the gated branch that passed and that the change may restore, newest first. */
  readonly passed?: readonly RestorableState[];
  /** All branches of the repository; absent: what the rules in force and the change say of branches does not depend on them. */
  readonly branches?: readonly string[];
  readonly rules:
    | { readonly kind: "in force"; readonly commit: string }
    | { readonly kind: "none compiles"; readonly trusted: string }
    /** The repository is not enrolled, and the change would enroll it. */
    | { readonly kind: "proposed" };
}

/** The report on a change. */
export interface JudgeAnswer {
  readonly kind: "judged";
  readonly report: Report;
  /** Which findings block, by the rules in force. */
  readonly block: Config["block"];
  /** Whether gaps block, by the rules in force; absent: none are. */
  readonly gaps?: Config["gaps"];
  /** Sentences for the summary of the check: what the change does to the policies themselves. */
  readonly notes: readonly string[];
  /** What the proposed rules would find otherwise in the whole tree. */
  readonly impact?: Impact;
  /** What owners must approve; absent: nothing, or the rules in force do not ask them. */
  readonly needs?: readonly RulesNeed[];
  /** Servers whose answers the report lacks, so that a later judgement may be another one. */
  readonly unanswered: readonly Unanswered[];
}

/** A server that did not answer. */
export interface Unanswered {
  readonly message: string;
  /** Milliseconds that it wants not to be asked. */
  readonly after: number;
}

/** Renders and judges a commit of the default branch by its own policies, so that what a change leaves as it is is known. */
export interface AheadRequest {
  readonly kind: "ahead";
  readonly mirror: string;
  readonly commit: string;
  /** The commit that the policies are read from. */
  readonly rules: string;
  readonly branch: string;
  /** URLs of this repository. */
  readonly repositories: readonly string[];
  readonly now: string;
}

/** Nothing but that it is done: what was found is kept by the thread and in its directory. */
export interface AheadAnswer {
  readonly kind: "done ahead";
}

/** Judges all of a gated branch by itself. */
export interface StandingRequest extends Omit<AheadRequest, "kind"> {
  readonly kind: "standing";
  /** The gated branch that `commit` is the tip of. */
  readonly into: string;
}

/** What the branch shows. */
export interface StandingAnswer {
  readonly kind: "standing";
  readonly standing: Standing;
  readonly unanswered: readonly Unanswered[];
}

export type JudgeThreadRequest = PrepareRequest | JudgeRequest | AheadRequest | StandingRequest;
export type JudgeThreadAnswer = PrepareAnswer | JudgeAnswer | AheadAnswer | StandingAnswer;

/** How far a judgement is: files and sources judged so far, of all. */
export interface JudgeProgress {
  readonly kind: "progress";
  readonly done: number;
  readonly total: number;
}

/** The thread asks for a token of the App's for a repository of the installation, by its name. */
export interface TokenWanted {
  readonly kind: "token wanted";
  readonly number: number;
  readonly repository: string;
}

/** The answer: neither a token nor a failure where the installation has no such repository. */
export interface TokenGiven {
  readonly kind: "token";
  readonly number: number;
  readonly token?: string;
  readonly failure?: string;
}

/** A message to the thread or from it. */
export interface Envelope<T> {
  readonly id: number;
  readonly content: T;
}

/** A failure of the thread itself: a bug or a damaged mirror, never caused by the content of the trees. */
export interface ThreadFailure {
  readonly kind: "failed";
  readonly message: string;
  /** The mirror that could not be read. */
  readonly damaged?: string;
}

/** What a judge thread is started with. */
export interface JudgeThreadOptions {
  /** The directory in which compiled policies are cached. */
  readonly cacheDirectory: string;
  /** The directory in which what was fetched from servers is kept. */
  readonly remotesDirectory: string;
  /** The file of credentials for servers. */
  readonly credentialsPath?: string;
  /** Patterns of URLs whose hosts may have private addresses. */
  readonly hosts?: readonly string[];
}
