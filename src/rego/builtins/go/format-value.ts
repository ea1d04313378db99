import { askOpa } from "../ask-opa.ts";
import { formatFloat } from "./format-float.ts";
import { formatBigInt, formatInt64 } from "./format-integer.ts";
import { quote } from "./quote.ts";
import type { GoValue, Verb } from "./verb.ts";
import { pad } from "./verb.ts";

/** Formats one value with one verb, as Go's fmt does; a verb that does not apply gives Go's `%!d(string=…)`. */
export function formatValue(value: GoValue, verb: Verb): string {
  if (verb.letter === "T") return pad(truncated(value.type, verb), verb);
  return formatted(value, verb) ?? `%!${verb.letter}(${value.type}=${formatted(value, asPlain(verb)) ?? ""})`;
}

function formatted(value: GoValue, verb: Verb): string | undefined {
  switch (value.type) {
    case "string":
      return formatText(value.value, verb);
    case "int64":
      return formatInt64(value.value, verb);
    case "float64":
      return formatDouble(value.value, verb);
    case "*big.Int":
      return verb.letter === "w" || verb.letter === "p" ? askOpa() : formatBigInt(value.value, verb);
  }
}

function asPlain(verb: Verb): Verb {
  return { ...verb, letter: "v" };
}

function formatText(text: string, verb: Verb): string | undefined {
  switch (verb.letter) {
    case "v":
    case "s":
      return pad(truncated(text, verb), verb);
    case "q":
      return formatQuoted(truncated(text, verb), verb);
    case "x":
    case "X":
      return formatBytes(Buffer.from(text), verb);
    default:
      return undefined;
  }
}

function formatQuoted(text: string, verb: Verb): string {
  if (verb.sharp && /[\u0080-\u009f]/.test(text)) askOpa();
  const canBackquote = verb.sharp && !/[\p{Cc}`\ufeff]/u.test(text.replaceAll("\t", ""));
  return pad(canBackquote ? `\`${text}\`` : quote(text, verb.plus), verb);
}

function truncated(text: string, verb: Verb): string {
  if (verb.precision === undefined || text.length <= verb.precision) return text;
  return Array.from(text).slice(0, verb.precision).join("");
}

function formatBytes(bytes: Uint8Array, verb: Verb): string {
  const shown = Array.from(bytes.subarray(0, verb.precision), (byte) => byte.toString(16).padStart(2, "0"));
  const prefix = verb.sharp && shown.length > 0 ? "0x" : "";
  const text = verb.space ? shown.map((byte) => prefix + byte).join(" ") : prefix + shown.join("");
  return pad(verb.letter === "X" ? text.toUpperCase() : text, verb);
}

function formatDouble(value: number, verb: Verb): string | undefined {
  switch (verb.letter) {
    case "v":
    case "g":
    case "G":
      return padNumber(formatFloat(value, verb.letter === "G" ? "G" : "g", verb.precision ?? -1), verb);
    case "e":
    case "E":
      return padNumber(formatFloat(value, verb.letter, verb.precision ?? 6), verb);
    case "f":
    case "F":
      return padNumber(formatFloat(value, "f", verb.precision ?? 6), verb);
    case "b":
    case "x":
    case "X":
      return askOpa();
    default:
      return undefined;
  }
}

function padNumber(text: string, verb: Verb): string {
  if (verb.sharp) return askOpa();
  const sign = text.startsWith("-") ? "-" : verb.plus ? "+" : verb.space ? " " : "";
  const digits = text.startsWith("-") ? text.slice(1) : text;
  const missing = (verb.width ?? 0) - sign.length - digits.length;
  if (sign !== "" && verb.zero && !verb.minus && missing > 0) return sign + "0".repeat(missing) + digits;
  return pad(sign + digits, verb);
}
