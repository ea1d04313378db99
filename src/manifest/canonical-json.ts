import type { Json } from "../model/json.ts";
import { isList } from "./member.ts";

/** JSON with sorted keys: equal values give equal text, whatever the order of their keys. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") {
    return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
  }
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.keys(value).toSorted();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join(",")}}`;
}
