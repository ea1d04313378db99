import type { RegoValue } from "../value/rego-value.ts";

/** What the builtins of one run may know: nothing of the host but this. */
export interface BuiltinRun {
  /** The job's time in nanoseconds since 1970, the one value that every policy sees as now. */
  readonly nowNs: bigint;
}

/**
 * A builtin that OPA's modules call on their host. `undefined` is OPA's builtin error: the expression is undefined, as in
 * OPA where strict builtin errors are off. A throw means that the rule cannot be judged.
 */
export type Builtin = (run: BuiltinRun, ...args: readonly RegoValue[]) => RegoValue | undefined;

/** Builtins by OPA's names for them. */
export type BuiltinRecord = { readonly [name: string]: Builtin };

/** What ends the evaluation in OPA too, or an answer that could not be had: the rule cannot be judged. */
export class BuiltinError extends Error {
  override readonly name = "BuiltinError";
}
