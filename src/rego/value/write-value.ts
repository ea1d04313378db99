import type { RegoValue } from "./rego-value.ts";
import { isArray, isNumberText, isRegoObject, isSet } from "./rego-value.ts";

/**
 * Formats a value in the notation of Rego, with spaces like OPA; its WebAssembly modules can parse it
 * (`opa_value_parse`).
 */
export function writeValue(value: RegoValue): string {
  if (isArray(value)) return `[${value.map(writeValue).join(", ")}]`;
  if (isSet(value)) return value.size === 0 ? "set()" : `{${[...value].map(writeValue).join(", ")}}`;
  if (isRegoObject(value))
    return `{${Array.from(value, ([key, item]) => `${writeValue(key)}: ${writeValue(item)}`).join(", ")}}`;
  if (isNumberText(value)) return value.number;
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}
