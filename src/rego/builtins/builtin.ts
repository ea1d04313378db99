import type { RegoValue } from "../value/rego-value.ts";

/** What the builtins may know about the run; they have no other access to the host. */
export interface BuiltinRun {
  /** The time of the job in nanoseconds since 1970, which every policy sees as the current time. */
  readonly nowNs: bigint;
  /** Takes a line that a policy prints; absent if it is not wanted. */
  readonly print?: (line: PrintedLine) => void;
}

/** One line that a policy prints, with the place of the call: `path:line`. */
export interface PrintedLine {
  readonly at: string;
  readonly text: string;
}

/**
 * A builtin that modules compiled by OPA call on their host. `undefined` is a builtin error: the expression becomes
 * undefined, as in OPA without strict builtin errors. An exception means that the rule cannot be judged.
 */
export type Builtin = (run: BuiltinRun, ...args: readonly RegoValue[]) => RegoValue | undefined;

/** Builtins by their names in OPA. */
export type BuiltinRecord = { readonly [name: string]: Builtin };

/** An error that also stops the evaluation in OPA, or a missing answer: the rule cannot be judged. */
export class BuiltinError extends Error {
  override readonly name = "BuiltinError";
}
