import { askOpa } from "./ask-opa.ts";
import type { BuiltinRecord } from "./builtin.ts";

/**
 * Builtins in the WebAssembly runtime of OPA that call their host only for unusual arguments (integers written as
 * floats or beyond 32 bits; unusual paths). OPA is started for them when that happens, not in advance.
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
