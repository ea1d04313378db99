import type { Json } from "../../../model/json.ts";

/** Formats a value as Go's `%v` does after JSON decoding: numbers are float64, maps are sorted by key. */
export function goText(value: Json): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number" || typeof value === "bigint") return floatText(Number(value));
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `map[${entries.map(([key, item]: readonly [string, Json]) => `${key}:${goText(item)}`).join(" ")}]`;
}

/** `%v` of a float64: the shortest digits, with an exponent below 1e-4 and from 1e6 on. */
function floatText(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
