import { askOpa } from "../ask-opa.ts";
import { formatValue } from "./format-value.ts";
import type { GoValue, Verb } from "./verb.ts";

const largest = 1_000_000;

interface Cursor {
  readonly format: string;
  readonly values: readonly GoValue[];
  at: number;
  next: number;
  reordered: boolean;
  /** False after an invalid argument index. */
  good: boolean;
  afterIndex: boolean;
}

/** Formats like fmt.Sprintf in Go. Missing and extra values are reported in the result, as in Go. */
export function goSprintf(format: string, values: readonly GoValue[]): string {
  const cursor: Cursor = { format, values, at: 0, next: 0, reordered: false, good: true, afterIndex: false };
  let out = "";
  while (cursor.at < format.length) {
    const percent = format.indexOf("%", cursor.at);
    if (percent === -1) {
      out += format.slice(cursor.at);
      break;
    }
    out += format.slice(cursor.at, percent);
    cursor.at = percent + 1;
    out += readVerb(cursor);
  }
  if (cursor.reordered || cursor.next >= values.length) return out;
  const extra = values.slice(cursor.next).map((value) => `${value.type}=${formatValue(value, plain)}`);
  return `${out}%!(EXTRA ${extra.join(", ")})`;
}

const plain: Verb = {
  letter: "v",
  sharp: false,
  zero: false,
  plus: false,
  minus: false,
  space: false,
  width: undefined,
  precision: undefined,
};

const flagNames = { "#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space" } as const;

function readVerb(cursor: Cursor): string {
  const { format } = cursor;
  const flags = { sharp: false, zero: false, plus: false, minus: false, space: false };
  cursor.good = true;
  cursor.afterIndex = false;
  for (; isFlag(format[cursor.at]); cursor.at++) flags[flagNames[format[cursor.at] as keyof typeof flagNames]] = true;
  readIndex(cursor);
  const width = readWidth(cursor);
  const precision = readPrecision(cursor);
  if (!cursor.afterIndex) readIndex(cursor);
  const complaint = width.complaint + precision.complaint;
  if (cursor.at >= format.length) return `${complaint}%!(NOVERB)`;
  const letter = String.fromCodePoint(format.codePointAt(cursor.at) ?? 0);
  cursor.at += letter.length;
  if (letter === "%") return `${complaint}%`;
  if (!cursor.good) return `${complaint}%!${letter}(BADINDEX)`;
  const value = cursor.values[cursor.next];
  if (value === undefined) return `${complaint}%!${letter}(MISSING)`;
  cursor.next++;
  const negative = width.number !== undefined && width.number < 0;
  const verb = {
    letter,
    ...flags,
    width: width.number === undefined ? undefined : Math.abs(width.number),
    precision: precision.number,
    ...(negative && { minus: true, zero: false }),
  };
  // `%#v` prints Go syntax, `%+v` the fields of structures.
  if ((letter === "v" || letter === "w") && (flags.sharp || flags.plus)) askOpa();
  return complaint + formatValue(value, verb);
}

function isFlag(character: string | undefined): boolean {
  return character !== undefined && Object.hasOwn(flagNames, character);
}

interface Read {
  readonly number: number | undefined;
  readonly complaint: string;
}

function readWidth(cursor: Cursor): Read {
  if (cursor.format[cursor.at] === "*") {
    cursor.at++;
    const number = numberFromValues(cursor);
    cursor.afterIndex = false;
    return { number, complaint: number === undefined ? "%!(BADWIDTH)" : "" };
  }
  const number = readNumber(cursor);
  if (cursor.afterIndex && number !== undefined) cursor.good = false;
  return { number, complaint: "" };
}

function readPrecision(cursor: Cursor): Read {
  if (cursor.format[cursor.at] !== "." || cursor.at + 1 >= cursor.format.length) {
    return { number: undefined, complaint: "" };
  }
  cursor.at++;
  if (cursor.afterIndex) cursor.good = false;
  readIndex(cursor);
  if (cursor.format[cursor.at] !== "*") return { number: readNumber(cursor) ?? 0, complaint: "" };
  cursor.at++;
  const given = numberFromValues(cursor);
  const number = given !== undefined && given < 0 ? undefined : given;
  cursor.afterIndex = false;
  return { number, complaint: number === undefined ? "%!(BADPREC)" : "" };
}

/** Reads digits of the format; an absurdly large number ends it. */
function readNumber(cursor: Cursor): number | undefined {
  const digits = /^[0-9]+/.exec(cursor.format.slice(cursor.at))?.[0];
  if (digits === undefined) return undefined;
  for (let length = 1; length < digits.length; length++) {
    if (Number(digits.slice(0, length)) <= largest) continue;
    cursor.at = cursor.format.length;
    return undefined;
  }
  cursor.at += digits.length;
  return Number(digits);
}

function numberFromValues(cursor: Cursor): number | undefined {
  const value = cursor.values[cursor.next];
  if (value !== undefined) cursor.next++;
  if (value?.type !== "int64" || value.value > BigInt(largest) || value.value < -BigInt(largest)) return undefined;
  return Number(value.value);
}

/** Reads an index like `[2]`, which selects the next value. */
function readIndex(cursor: Cursor): void {
  const { format, at } = cursor;
  cursor.afterIndex = false;
  if (format[at] !== "[") return;
  cursor.reordered = true;
  const end = format.indexOf("]", at + 1);
  const digits = end === -1 ? "" : format.slice(at + 1, end);
  const isNumber = /^[0-9]{1,9}$/.test(digits) && (digits.length < 8 || askOpa());
  cursor.at = end === -1 ? at + 1 : end + 1;
  cursor.afterIndex = isNumber;
  const index = Number(digits) - 1;
  if (isNumber && index >= 0 && index < cursor.values.length) cursor.next = index;
  else cursor.good = false;
}
