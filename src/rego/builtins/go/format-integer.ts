import { isPrintable, quoteRune } from "./quote.ts";
import type { Verb } from "./verb.ts";
import { pad } from "./verb.ts";

const bases: { readonly [letter: string]: number } = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

/** Formats an int64 with a verb of Go's fmt; undefined if the verb does not apply. */
export function formatInt64(value: bigint, verb: Verb): string | undefined {
  const base = bases[verb.letter];
  if (base !== undefined) return inBase(value, base, verb);
  switch (verb.letter) {
    case "c":
      return pad(character(value), verb);
    case "q":
      return pad(quoteRune(character(value), verb.plus), verb);
    case "U":
      return unicode(BigInt.asUintN(64, value), verb);
    default:
      return undefined;
  }
}

/** Formats an integer beyond 64 bits, for which Go has other rules. */
export function formatBigInt(value: bigint, verb: Verb): string {
  const base = verb.letter === "s" ? 10 : bases[verb.letter];
  if (base === undefined) return `%!${verb.letter}(big.Int=${value})`;
  const sign = value < 0n ? "-" : verb.plus ? "+" : verb.space ? " " : "";
  const prefix =
    verb.letter === "O" ? "0o" : verb.sharp ? ({ b: "0b", o: "0", x: "0x", X: "0X" }[verb.letter] ?? "") : "";
  const digits = digitsOf(value, base, verb.letter);
  let zeros = Math.max(0, (verb.precision ?? 0) - digits.length);
  const missing = (verb.width ?? 0) - (sign.length + prefix.length + zeros + digits.length);
  let left = 0;
  let right = 0;
  if (missing > 0) {
    if (verb.minus) right = missing;
    else if (verb.zero && verb.precision === undefined) zeros = missing;
    else left = missing;
  }
  return `${" ".repeat(left)}${sign}${prefix}${"0".repeat(zeros)}${digits}${" ".repeat(right)}`;
}

function inBase(value: bigint, base: number, verb: Verb): string {
  const negative = value < 0n;
  const signed = negative || verb.plus || verb.space;
  let least = verb.precision ?? 0;
  if (verb.precision === 0 && value === 0n) return " ".repeat(verb.width ?? 0);
  if (verb.precision === undefined && verb.zero && !verb.minus) least = (verb.width ?? 0) - (signed ? 1 : 0);
  let text = digitsOf(value, base, verb.letter).padStart(least, "0");
  if (verb.sharp) {
    if (base === 2) text = `0b${text}`;
    if (base === 8 && !text.startsWith("0")) text = `0${text}`;
    if (base === 16) text = `0${verb.letter}${text}`;
  }
  if (verb.letter === "O") text = `0o${text}`;
  return pad((negative ? "-" : verb.plus ? "+" : verb.space ? " " : "") + text, verb, false);
}

function digitsOf(value: bigint, base: number, letter: string): string {
  const digits = (value < 0n ? -value : value).toString(base);
  return letter === "X" ? digits.toUpperCase() : digits;
}

function character(value: bigint): string {
  const isValid = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  return isValid ? String.fromCodePoint(Number(value)) : "\ufffd";
}

function unicode(value: bigint, verb: Verb): string {
  const digits = value
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, verb.precision ?? 0), "0");
  const shown = verb.sharp && value <= 0x10ffffn && isPrintable(character(value)) ? ` '${character(value)}'` : "";
  return pad(`U+${digits}${shown}`, verb, false);
}
