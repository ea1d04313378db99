import type { BuiltinRecord } from "./builtin.ts";
import type { RegoValue } from "../value/rego-value.ts";
import { isArray, isSet } from "../value/rego-value.ts";
import { writeValue } from "../value/write-value.ts";

/**
 * What `print` becomes when OPA compiles it: each operand is the set of its values, empty if it is undefined. The
 * toolchain adds the place of the call as the first one.
 */
export const printBuiltins: BuiltinRecord = {
  "internal.print": (run, operands) => {
    if (run.print === undefined || operands === undefined || !isArray(operands)) return true;
    const [place, ...values] = operands.map(textsOf);
    for (const text of combinations(values)) run.print({ at: place?.[0] ?? "", text });
    return true;
  },
};

function textsOf(operand: RegoValue): readonly string[] {
  if (!isSet(operand)) return [textOf(operand)];
  return operand.size === 0 ? ["<undefined>"] : Array.from(operand, textOf);
}

function textOf(value: RegoValue): string {
  return typeof value === "string" ? value : writeValue(value);
}

/** The lines of a call: one for each combination of the values of its operands, as OPA prints them. */
function combinations(values: readonly (readonly string[])[]): readonly string[] {
  const [first, ...rest] = values;
  if (first === undefined) return [""];
  const tails = combinations(rest);
  return first.flatMap((text) => tails.map((tail) => (rest.length === 0 ? text : `${text} ${tail}`)));
}
