import type { UsedWaiverRecord, VerdictRecord } from "./audit.ts";

/** A DSSE envelope: a payload in base64 with signatures over its type and its bytes. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** The payload type of an in-toto statement. */
export const STATEMENT_PAYLOAD = "application/vnd.in-toto+json";

/** The type of our statements' predicate: SLSA's verification summary, which other tools understand. */
export const PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1";

/** The name of the field of the predicate that has what the verification summary has no field for. */
export const EVIDENCE_FIELD = "https://github.com/portcullis-gate/portcullis/evidence/v1";

/** What names something by digest, as in-toto describes resources. */
export interface Resource {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: { readonly [algorithm: string]: string };
  readonly annotations?: { readonly [key: string]: unknown };
}

/** What was decided about a merged commit, as an in-toto statement. */
export interface Statement {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly Resource[];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: {
    readonly verifier: { readonly id: string; readonly version: { readonly portcullis: string } };
    readonly timeVerified: string;
    readonly resourceUri: string;
    readonly policy: Resource;
    readonly verificationResult: "PASSED" | "FAILED";
    readonly verifiedLevels: readonly string[];
    readonly [EVIDENCE_FIELD]: EvidenceDetails;
  };
}

/** What our own field of the predicate has. */
export interface EvidenceDetails extends Partial<Omit<VerdictRecord, "remotes" | "waivers" | "verdict">> {
  /** `not judged`: no verdict is about exactly this tree. */
  readonly verdict: VerdictRecord["verdict"] | "not judged";
  readonly pull: number;
  readonly branch: string;
  readonly tree: string;
  /** What was judged: the head of the pull request or merge group, and the commit that it was compared with. */
  readonly head?: string;
  readonly base?: string;
  readonly check?: { readonly name: string; readonly run: number };
  readonly remotes: readonly Resource[];
  readonly waivers: readonly UsedWaiverRecord[];
  readonly approvals: readonly { readonly by: string; readonly what: readonly string[]; readonly head: string }[];
  readonly overrides: readonly { readonly by: string; readonly reason: string }[];
  /** The row of the audit log that has the verdict. */
  readonly audit?: { readonly sequence: number; readonly hash: string };
}
