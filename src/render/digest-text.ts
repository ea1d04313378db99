import { sha256OfBytes } from "../manifest/sha256.ts";

/**
 * Text that is equal for equal values only, to make digests and keys of. It tells apart what JSON.stringify cannot write
 * (large integers) or writes alike (maps, sets and bytes). Functions do not count.
 */
export function digestText(value: unknown): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (value instanceof Uint8Array) return `bytes ${sha256OfBytes(value)}`;
  if (value instanceof Map) return `map ${digestText([...value])}`;
  if (value instanceof Set) return `set ${digestText([...value])}`;
  if (Array.isArray(value)) return `[${value.map(digestText).join(",")}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && typeof field !== "function");
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${digestText(field)}`).join(",")}}`;
}
