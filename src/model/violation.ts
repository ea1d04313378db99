import type { Pointer } from "./json.ts";
import type { Level, ResultMetadata } from "./policy.ts";
import type { Problem } from "./problem.ts";
import type { Tally } from "./tally.ts";

/** The precision of a place: the value itself, the object or list that should hold it or holds it somewhere, the manifest, or only its source. */
export type Precision = "value" | "parent" | "manifest" | "source";

/** The place in a manifest that a violation arises from, and the values it depends on. */
export interface Cause {
  readonly pointer: Pointer;
  /** The pointer with list items named by their merge key (`/spec/containers/[name=web]/image`), so that reordering is no change. */
  readonly stablePointer: string;
  readonly precision: Precision;
  /** The other values that the deciding condition compares with the one at `pointer`: the fault may be there as well. */
  readonly compared?: readonly Pointer[];
  /** Digest of the values that the rule's conditions read; absent where nothing was read. */
  readonly reads?: string;
}

/** A place in a file that the policy itself declared (`_loc`). */
export interface DeclaredLocation {
  readonly path?: string;
  readonly line: number;
}

/** One result of one rule for one manifest, before it is compared with the other tree. */
export interface Violation {
  readonly policy: string;
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  readonly cause: Cause;
  readonly declared?: DeclaredLocation;
  readonly metadata?: ResultMetadata;
  /** The rule reads the operation or the old object, so that the violation is always introduced. */
  readonly readsChange: boolean;
}

/** The results of all policies for one manifest. */
export interface Judgement {
  readonly violations: readonly Violation[];
  /** Results that a Rego `exception` rule (conftest) excused. */
  readonly excepted: readonly Violation[];
  readonly problems: readonly Problem[];
  /** What conftest would count, where that was asked for. */
  readonly tally?: Tally;
}
