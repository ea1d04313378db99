import type { RegoValue } from "../value/rego-value.ts";
import { isArray, isNumberText, isRegoObject, isSet } from "../value/rego-value.ts";
import { quote } from "./go/quote.ts";

/** Formats a value as the evaluator of OPA prints terms: `{"a": [1, 2]}`, with strings quoted as in Go. */
export function regoText(value: RegoValue): string {
  if (typeof value === "string") return quote(value);
  if (isArray(value)) return `[${value.map(regoText).join(", ")}]`;
  if (isSet(value)) return value.size === 0 ? "set()" : `{${Array.from(value, regoText).join(", ")}}`;
  if (isRegoObject(value))
    return `{${Array.from(value, ([key, item]) => `${regoText(key)}: ${regoText(item)}`).join(", ")}}`;
  return isNumberText(value) ? value.number : String(value);
}
