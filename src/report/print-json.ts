import type { Json } from "../model/json.ts";

/** A JSON value as indented text. Integers beyond 2^53 keep all their digits; keys keep their order. */
export function printJson(value: Json, indent = ""): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return quote(value);
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
    Object.entries(value).map(([key, item]) => `${inner}${quote(key)}: ${printJson(item, inner)}`),
  );
}

function wrap(open: string, close: string, indent: string, items: readonly string[]): string {
  return items.length === 0 ? open + close : `${open}\n${items.join(",\n")}\n${indent}${close}`;
}

function quote(text: string): string {
  return printable(JSON.stringify(text));
}

/** JSON with characters that reorder or hide text escaped: the value is the same, and a terminal shows it as it is. */
export function printable(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
