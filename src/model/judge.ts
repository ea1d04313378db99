import type { Fact, KnownFacts } from "./fact.ts";
import type { Json, JsonObject, Pointer } from "./json.ts";
import type { Manifest } from "./manifest.ts";
import type { Operation, Policy } from "./policy.ts";
import type { Problem } from "./problem.ts";
import type { Judgement } from "./violation.ts";

/** One manifest as admission would see it. For DELETE it is the deleted one. */
export interface Question {
  readonly manifest: Manifest;
  readonly operation: Operation;
  readonly oldObject?: JsonObject;
  /**
   * Set where the manifest is asked about for the second time, once its whole tree is read: the facts of the keys that
   * `Judge.awaits` named, and perhaps of others. The answer holds only what the first one could not tell.
   */
  readonly facts?: KnownFacts;
}

/** Something in a policy that probably has no effect, such as the name of data that are not there. */
export interface PolicyWarning {
  readonly path: string;
  readonly line: number;
  readonly message: string;
  /** The level of what the policy needs and only a cluster has; absent: it has no effect. */
  readonly gap?: "warn" | "info";
}

/** A field that a rule reads where the manifest is of one of some kinds, as the rule's text tells. */
export interface FieldRead {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly kinds: readonly string[];
  /** Absent: the rule reads it of any API version. */
  readonly apiVersions?: readonly string[];
  /** The steps from the manifest to the field; null for any key or index. */
  readonly steps: readonly (string | number | null)[];
  /** How many of the steps another read has brought into a variable; absent: none. */
  readonly known?: number;
}

/** The parameters that policies read, by policy id; `any` where the text does not tell. */
export type ParametersRead = ReadonlyMap<string, ReadonlySet<string> | "any"> | "any";

/** What of the value of a parameter is not as its schema says. */
export interface ParameterFault {
  /** Below the parameters of the policy: the empty text are all of them. */
  readonly pointer: Pointer;
  /** The parameter, and what was expected. */
  readonly message: string;
}

/** A compiled policy set that answers questions: the port between the core and `rego`. */
export interface Judge {
  /** Digest of sources, data, toolchain and options. */
  readonly digest: string;
  readonly policies: readonly Policy[];
  /** What did not compile or is not as METADATA must be; the rest of the set still judges. */
  readonly problems: readonly Problem[];
  /** What in the policies probably has no effect. */
  readonly warnings?: readonly PolicyWarning[];
  /** What policies read of manifests whose kind they tell. */
  readonly fieldsRead?: readonly FieldRead[];
  /** Absent: not known. */
  readonly parametersRead?: ParametersRead;
  /** What of values for the parameters of a policy is not as its METADATA says. Absent: nothing is known. */
  parameterFaults?(policy: string, parameters: Json): readonly ParameterFault[];
  /** Whether any rule reads the operation or the old object, so that deletions must be asked too. */
  readonly readsChange: boolean;
  /** Whether any rule reads the time, so that a judgement holds for one `now` only; absent counts as true. */
  readonly readsTime?: boolean;
  /** Some policy prints, which it does only where it is evaluated. */
  readonly prints?: true;
  /**
   * Equal for environments between which no answer differs, so that equal manifests of many environments are asked about
   * once. Absent: every environment is its own.
   */
  readonly environmentKey?: (environment: string | undefined) => string;
  /** Whether a rule ran out of time or memory, so that later questions are answered without it. Absent: it never does. */
  leavesOut?(): boolean;
  /** The same policies in an instance of its own, which knows nothing of what was asked here and evaluates in the calling thread. It ends with this judge. */
  apart?(): Judge;
  /** What a manifest tells about others; equal facts of several judges have equal keys and digests. Absent: nothing. */
  readonly factsOf?: (manifest: Manifest) => readonly Fact[];
  /**
   * The keys of the facts that a question awaits: it is then asked once more with `facts`, after the whole tree is read.
   * Undefined: the first answer is complete. Depends on the question and `digest` alone.
   */
  readonly awaits?: (question: Question) => readonly string[] | undefined;
  /** One judgement for each question, in order. Never rejects for what a policy does: that is a problem of the judgement. */
  judge(questions: readonly Question[]): Promise<readonly Judgement[]>;
  close(): Promise<void>;
}
