import type { Json } from "./json.ts";

/** A value that a condition saw. Without `values` it is undefined; `near` is then the longest part of it that is not. */
export interface SeenValue {
  /** The index of the condition. */
  readonly condition: number;
  readonly text: string;
  readonly values: readonly Json[];
  /** Its place in the manifest; absent where it is none, or not known. */
  readonly pointer?: readonly (string | number)[];
  readonly near?: SeenValue;
  /** The file and line of the place. */
  readonly at?: string;
}

/** One expression of a body, as it is written. */
export interface SeenCondition {
  readonly line: number;
  /** Empty: the result of the rule, which the body has bound before. */
  readonly text: string;
  readonly outcome: "held" | "failed" | "not-reached";
}

/** One body of a rule: what of it held, and the values in the first ways through it. */
export interface ExplainedBody {
  readonly path: string;
  readonly line: number;
  readonly holds: boolean;
  readonly conditions: readonly SeenCondition[];
  readonly cases: readonly { readonly result?: Json; readonly values: readonly SeenValue[] }[];
  /** How many ways there are, of which `cases` are the first. */
  readonly total: number;
  /** The author's own rules and functions that the failed condition asks. */
  readonly helpers?: readonly ExplainedRule[];
  /** Why the body could not be explained. */
  readonly trouble?: string;
}

/** A rule with all its bodies. */
export interface ExplainedRule {
  /** `data.workloads.owner.deny`. */
  readonly name: string;
  readonly bodies: readonly ExplainedBody[];
}

/** A rule explained for one manifest. */
export interface Explanation {
  readonly policy: string;
  readonly rule: ExplainedRule;
  /** The manifest, with its file and line. */
  readonly subject: string;
  /** The finding that is explained; absent where the question is why there is none. */
  readonly message?: string;
  readonly fix?: string;
  readonly docs?: string;
}
