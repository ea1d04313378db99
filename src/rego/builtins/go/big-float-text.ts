import type { BigFloat } from "./big-float.ts";
import { bits, defaultPrecision, isInteger } from "./big-float.ts";

/**
 * The shortest decimal that reads back as this value, in the form in which OPA prints results of arithmetic: integers
 * without exponent.
 */
export function bigFloatText(value: BigFloat, precision = defaultPrecision): string {
  const sign = value.negative ? "-" : "";
  if (value.mantissa === 0n) return `${sign}0`;
  const { digits, point } = shortestDecimal(value, precision);
  if (isInteger(value)) return sign + digits.slice(0, point).padEnd(point, "0");
  const exponent = point - 1;
  // Go chooses the form as if six digits were requested.
  if (exponent < -4 || exponent >= 6) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits.slice(0, 1)}${tail}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

interface Digits {
  readonly digits: string;
  /** The position of the decimal point: 0.digits × 10^point. */
  readonly point: number;
}

/** The digits that are needed to stay within half a unit of the last bit on either side. */
function shortestDecimal(value: BigFloat, precision: number): Digits {
  const spread = BigInt(precision - bits(value.mantissa));
  const mantissa = (value.mantissa << spread) * 2n;
  const exponent = value.exponent - Number(spread) - 1;
  const isInclusive = (mantissa & 2n) === 0n;
  const middle = exactDecimal(mantissa, exponent);
  const lower = exactDecimal(mantissa - 1n, exponent);
  const upper = exactDecimal(mantissa + 1n, exponent);
  // Digits are compared position by position, so all three numbers must start at the same position.
  const at = (number: Digits, i: number) => Number(number.digits[i - (middle.point - number.point)] ?? "0");
  for (let i = 0; i < middle.digits.length; i++) {
    const digit = at(middle, i);
    const down = at(lower, i) !== digit || (isInclusive && i + 1 === lower.digits.length);
    const up = digit !== at(upper, i) && (isInclusive || digit + 1 < at(upper, i) || i + 1 < upper.digits.length);
    if (down && up) return cut(middle, i + 1, isNearerUp(middle, i + 1));
    if (down) return cut(middle, i + 1, false);
    if (up) return cut(middle, i + 1, true);
  }
  return middle;
}

function exactDecimal(mantissa: bigint, exponent: number): Digits {
  const integer = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const text = String(integer);
  return { digits: text.replace(/0+$/, ""), point: text.length + Math.min(exponent, 0) };
}

function isNearerUp({ digits }: Digits, count: number): boolean {
  const next = digits[count] ?? "0";
  if (next !== "5" || count + 1 < digits.length) return next >= "5";
  return Number(digits[count - 1]) % 2 === 1;
}

function cut({ digits, point }: Digits, count: number, isUp: boolean): Digits {
  const kept = digits.slice(0, count);
  const text = isUp ? String(BigInt(kept) + 1n) : kept;
  return { digits: text.replace(/0+$/, ""), point: point + text.length - kept.length };
}
