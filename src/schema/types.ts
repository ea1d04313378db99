import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import type { Json } from "../model/json.ts";
import type { Schema } from "./schema.ts";

/** The expected type where a value has a wrong one; undefined where its type is right. */
export function mismatch(value: Json, schema: Schema): string | undefined {
  const { type, format } = schema;
  if (format === "quantity")
    return isNumber(value) || typeof value === "string" ? undefined : "a quantity such as 500m or 1Gi";
  if (format === "int-or-string" || schema["x-kubernetes-int-or-string"] === true) {
    return isInteger(value) || typeof value === "string" ? undefined : "integer or string";
  }
  if (type === undefined) return undefined;
  const known = types[type];
  return known === undefined || known.fits(value) ? undefined : known.expected;
}

const types: { readonly [type: string]: { readonly expected: string; readonly fits: (value: Json) => boolean } } = {
  object: { expected: "an object", fits: isObject },
  array: { expected: "a list", fits: isList },
  string: { expected: "string", fits: (value) => typeof value === "string" },
  boolean: { expected: "boolean", fits: (value) => typeof value === "boolean" },
  integer: { expected: "integer", fits: isInteger },
  number: { expected: "number", fits: isNumber },
};

function isInteger(value: Json): boolean {
  return typeof value === "bigint" || Number.isInteger(value);
}

function isNumber(value: Json): boolean {
  return typeof value === "number" || typeof value === "bigint";
}
