import type { NumberText, RegoObject, RegoValue } from "./rego-value.ts";
import { isArray, isNumberText, isRegoObject, isSet } from "./rego-value.ts";

/**
 * Compares by the total order of OPA: null, booleans, numbers, strings (by their UTF-8 bytes), arrays, objects, sets.
 * Returns a negative number, zero or a positive number, as `Array.prototype.sort` expects.
 */
export function compareValues(a: RegoValue, b: RegoValue): number {
  const type = rank(a) - rank(b);
  if (type !== 0) return type;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (isArray(a) && isArray(b)) return compareLists(a, b);
  if (isSet(a) && isSet(b)) return compareLists([...a], [...b]);
  if (isRegoObject(a) && isRegoObject(b)) return compareObjects(a, b);
  return 0;
}

/** Compares strings by their UTF-8 bytes, which differs from UTF-16 order for surrogates. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : beyondPlane(x) - beyondPlane(y);
  }
  return a.length - b.length;
}

function rank(value: RegoValue): number {
  if (value === null) return 0;
  if (typeof value === "boolean") return 1;
  if (isNumber(value)) return 2;
  if (typeof value === "string") return 3;
  if (isArray(value)) return 4;
  return isRegoObject(value) ? 5 : 6;
}

function isNumber(value: RegoValue): value is number | bigint | NumberText {
  return typeof value === "number" || typeof value === "bigint" || isNumberText(value);
}

function compareNumbers(a: number | bigint | NumberText, b: number | bigint | NumberText): number {
  const x = typeof a === "object" ? Number(a.number) : a;
  const y = typeof b === "object" ? Number(b.number) : b;
  return x < y ? -1 : x > y ? 1 : 0;
}

function compareLists(a: readonly RegoValue[], b: readonly RegoValue[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i];
    if (y === undefined) return 1;
    const order = compareValues(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareObjects(a: RegoObject, b: RegoObject): number {
  return compareLists([...a].flat(1), [...b].flat(1));
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function beyondPlane(unit: number): number {
  return isSurrogate(unit) ? unit + 0x10000 : unit;
}
