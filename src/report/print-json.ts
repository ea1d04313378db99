import type { Json } from "../model/json.ts";

/** A JSON value as indented text. Integers beyond 2^53 keep all their digits; keys keep their order. */
export function printJson(value: Json, indent = ""): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return wrap(
      "[",
      "]",
      indent,
      (value as readonly Json[]).map((item) => inner + printJson(item, inner)),
    );
  return wrap(
    "{",
    "}",
    indent,
    Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${printJson(item, inner)}`),
  );
}

function wrap(open: string, close: string, indent: string, items: readonly string[]): string {
  return items.length === 0 ? open + close : `${open}\n${items.join(",\n")}\n${indent}${close}`;
}
