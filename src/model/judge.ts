import type { JsonObject } from "./json.ts";
import type { Manifest } from "./manifest.ts";
import type { Operation, Policy } from "./policy.ts";
import type { Problem } from "./problem.ts";
import type { Judgement } from "./violation.ts";

/** One manifest as admission would see it. For DELETE it is the deleted one. */
export interface Question {
  readonly manifest: Manifest;
  readonly operation: Operation;
  readonly oldObject?: JsonObject;
}

/** A compiled policy set that answers questions: the port between the core and `rego`. */
export interface Judge {
  /** Digest of sources, data, toolchain and options. */
  readonly digest: string;
  readonly policies: readonly Policy[];
  /** What did not compile or is not as METADATA must be; the rest of the set still judges. */
  readonly problems: readonly Problem[];
  /** Whether any rule reads the operation or the old object, so that deletions must be asked too. */
  readonly readsChange: boolean;
  /** Whether any rule reads the time, so that a judgement holds for one `now` only; absent counts as true. */
  readonly readsTime?: boolean;
  /**
   * Equal for environments between which no answer differs, so that equal manifests of many environments are asked about
   * once. Absent: every environment is its own.
   */
  readonly environmentKey?: (environment: string | undefined) => string;
  /** One judgement for each question, in order. Never rejects for what a policy does: that is a problem of the judgement. */
  judge(questions: readonly Question[]): Promise<readonly Judgement[]>;
  close(): Promise<void>;
}
