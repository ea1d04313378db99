import { askOpa } from "./ask-opa.ts";
import type { BuiltinRecord } from "./builtin.ts";

/**
 * Builtins of OPA's WebAssembly runtime that leave only odd calls to their host (integers written as floats, or beyond 32
 * bits; odd paths), so rarely that OPA is started for them when it happens, not before.
 */
export const leftToOpa: BuiltinRecord = Object.fromEntries(
  [
    "bits.and",
    "bits.or",
    "bits.xor",
    "bits.negate",
    "bits.lsh",
    "bits.rsh",
    "array.slice",
    "substring",
    "numbers.range",
    "json.filter",
    "json.remove",
    "regex.match",
    "regex.is_valid",
    "glob.match",
  ].map((name) => [name, askOpa]),
);
