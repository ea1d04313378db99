import type { Counts, Report, Verdict } from "./report.ts";

/** What an auditor can rely on: who allowed what, by which rules, and when. Never content of manifests, never a secret. */
export type AuditEvent = AuditOf<AuditBodies>;

type AuditOf<Bodies> = {
  readonly [kind in keyof Bodies]: {
    readonly kind: kind;
    /** Absent: it is about no repository. */
    readonly repository?: AuditedRepository;
    /** What it is about, within the repository: `pull/7`, `group`, `rules`, a commit. */
    readonly subject: string;
    readonly body: Bodies[kind];
  };
}[keyof Bodies];

/** A repository by its id, which survives a rename, and by its name at that time, `owner/name`. */
export interface AuditedRepository {
  readonly id: number;
  readonly name: string;
}

/** What is recorded of each kind. */
export interface AuditBodies {
  /** A repository became enrolled, or everything about it was forgotten, because the App has no access to it any more. */
  readonly enrolment: { readonly state: "enrolled" | "forgotten" };
  /** Other rules came into force: the commit that they were read from, and the digest of configuration, policies and data. */
  readonly rules: {
    readonly before?: { readonly commit?: string; readonly policies?: string };
    readonly after: { readonly commit: string; readonly policies: string; readonly branches: readonly string[] };
  };
  /** A check was concluded. */
  readonly verdict: PublishedVerdict;
  /** A check that had passed was turned into failure: what it allowed was not merged, and is judged anew. */
  readonly withdrawal: { readonly head: string; readonly run: number; readonly job: string };
  /** A waiver let something through in the verdict of this run. */
  readonly waiver: UsedWaiverRecord & { readonly head: string; readonly job: string };
  /** An owner approved what needs it, or took that back. */
  readonly approval: {
    readonly state: "approved" | "dismissed";
    readonly head: string;
    readonly by: string;
    /** The id of the review. */
    readonly review?: number;
    /** What was approved: keys of the configuration, policies, waivers. */
    readonly what: readonly string[];
  };
  /** Somebody let a change through that the rules block, or that permission ended. */
  readonly override: {
    readonly state: "granted" | "ended";
    readonly head: string;
    readonly base: string;
    readonly by: string;
    readonly reason: string;
    /** ISO 8601. */
    readonly until?: string;
    /** The number of the issue that must be closed with a follow-up. */
    readonly issue?: number;
  };
  /** A signed statement about a merged commit was made. */
  readonly evidence: {
    readonly commit: string;
    readonly tree: string;
    readonly result: "PASSED" | "FAILED";
    /** SHA-256 of the statement, and the id of the key that signed it. */
    readonly statement: string;
    readonly key: string;
  };
}

/** A concluded check, and what it says of the judgement behind it. */
export interface PublishedVerdict extends Partial<VerdictRecord> {
  readonly check: string;
  readonly conclusion: "success" | "failure";
  /** The commits; `base` is what the judged tree was compared with. */
  readonly head: string;
  readonly base: string;
  /** The branch that it goes into. */
  readonly into: string;
  /** The id of the judged tree; absent if none was judged. */
  readonly tree?: string;
  /** The digest of the rules that it was judged by. */
  readonly policies: string;
  /** The owners whose approval it rests on, and of what; absent: none was needed. */
  readonly approvals?: readonly { readonly by: string; readonly what: readonly string[] }[];
  /** The id of the check run on GitHub, and that which the server gave it. */
  readonly run: number;
  readonly job: string;
}

/** What is recorded of a report. */
export interface VerdictRecord {
  readonly verdict: Verdict;
  readonly mode: Report["mode"];
  /** How the judged tree came about, and when it was judged. */
  readonly how: string;
  readonly judgedAt: string;
  readonly counts: Counts;
  /** The policies that have introduced findings which deny, with their number. */
  readonly denied: { readonly [policy: string]: number };
  readonly remotes: readonly { readonly reference: string; readonly digest: string }[];
  readonly waivers: readonly UsedWaiverRecord[];
  /** The commits whose state the change restores; absent: none. */
  readonly restores?: readonly string[];
}

/** A waiver that covered something. */
export interface UsedWaiverRecord {
  /** The file that holds it, its line there, and a digest of what it allows. */
  readonly path: string;
  readonly line: number;
  readonly digest: string;
  /** The policy that it waives; `problem` or `gap` where it waives none. */
  readonly policy: string;
  readonly expires: string;
  readonly ticket?: string;
  readonly owner?: string;
}

/** One row of the audit log. Rows are numbered from 1 without gaps, and each names the hash of the one before. */
export interface AuditRow {
  readonly sequence: number;
  /** ISO 8601 with milliseconds, in UTC, by the clock of the database. */
  readonly time: string;
  readonly kind: AuditEvent["kind"];
  readonly repositoryId?: number;
  readonly repository?: string;
  readonly subject: string;
  /** Canonical JSON: sorted keys, no spaces. */
  readonly body: string;
  /** 64 zeros for the first row. */
  readonly previous: string;
  readonly hash: string;
}

/** The last row of the log: whoever keeps it elsewhere can tell later whether rows after or before it were taken away. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}
