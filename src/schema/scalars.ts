import { counted } from "./schema-violation.ts";
import { formats } from "./formats.ts";
import { matchesPattern } from "./patterns.ts";
import type { Schema } from "./schema.ts";

/** What the schema expects of a text that it does not allow; undefined for an allowed one. */
export function wrongText(text: string, schema: Schema, ownKind: boolean): string | undefined {
  const format =
    schema.format === undefined || !Object.hasOwn(formats, schema.format) ? undefined : formats[schema.format];
  // Only Kubernetes' own kinds accept an empty text as bytes.
  const empty = schema.format === "byte" && text === "" && !ownKind;
  if (format !== undefined && (empty || !format.matches(text))) return format.expected;
  const length = schema.minLength === undefined && schema.maxLength === undefined ? 0 : Array.from(text).length;
  if (length < (schema.minLength ?? 0)) return `at least ${counted(schema.minLength, "character")}`;
  if (length > (schema.maxLength ?? Infinity)) return `at most ${counted(schema.maxLength, "character")}`;
  if (schema.pattern !== undefined && !matchesPattern(schema.pattern, text))
    return `a string that matches ${schema.pattern}`;
  return undefined;
}

const ranges: { readonly [format: string]: readonly [least: bigint, most: bigint] } = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** What the schema expects of a number that it does not allow; undefined for an allowed one. The width of integers counts in Kubernetes' own kinds only. */
export function wrongNumber(value: number | bigint, schema: Schema, ownKind: boolean): string | undefined {
  const range = ownKind ? rangeOf(schema) : undefined;
  if (range !== undefined && (value < range[0] || value > range[1]))
    return `an integer that fits in ${schema.format === "int64" ? 64 : 32} bits`;
  const { minimum, maximum, multipleOf } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    return `${schema.exclusiveMinimum === true ? "more than" : "at least"} ${minimum}`;
  }
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    return `${schema.exclusiveMaximum === true ? "less than" : "at most"} ${maximum}`;
  }
  if (multipleOf !== undefined && multipleOf > 0 && !isMultiple(value, multipleOf))
    return `a multiple of ${multipleOf}`;
  return undefined;
}

function rangeOf(schema: Schema): readonly [bigint, bigint] | undefined {
  if (schema.format === "int-or-string") return ranges["int32"];
  return schema.format !== undefined && Object.hasOwn(ranges, schema.format) ? ranges[schema.format] : undefined;
}

function isMultiple(value: number | bigint, of: number): boolean {
  if (typeof value === "bigint") return Number.isInteger(of) && value % BigInt(of) === 0n;
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}
