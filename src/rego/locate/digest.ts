import { createHash } from "node:crypto";
import type { Json } from "../../model/json.ts";
import { isList } from "./subtree-index.ts";

/** JSON with sorted keys: equal values give equal text, whatever the order of their keys. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") {
    return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
  }
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.keys(value).toSorted();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join(",")}}`;
}

/** A short digest of a text: 16 hex digits of its SHA-256. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
