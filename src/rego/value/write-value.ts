import type { Json } from "../../model/json.ts";
import type { RegoValue } from "./rego-value.ts";
import { isArray, isNumberText, isObject, isSet } from "./rego-value.ts";
import { writeJson } from "./json-text.ts";

/** Writes a value so that OPA's WebAssembly modules read it back (`opa_value_parse`). */
export function writeValue(value: RegoValue): string {
  if (isArray(value)) return `[${value.map(writeValue).join(",")}]`;
  if (isSet(value)) return value.size === 0 ? "set()" : `{${[...value].map(writeValue).join(",")}}`;
  if (isObject(value)) return `{${[...value].map(([key, item]) => `${writeValue(key)}:${writeValue(item)}`).join(",")}}`;
  if (isNumberText(value)) return value.number;
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

/** The value as JSON, as OPA gives it out: sets become arrays, keys that are no strings become their JSON text. */
export function jsonFromValue(value: RegoValue): Json {
  if (isArray(value)) return value.map(jsonFromValue);
  if (isSet(value)) return [...value].map(jsonFromValue);
  if (isNumberText(value)) return Number(value.number);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    [...value].map(([key, item]) => [
      typeof key === "string" ? key : writeJson(jsonFromValue(key)),
      jsonFromValue(item),
    ]),
  );
}
