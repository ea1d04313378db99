import { askOpa } from "../ask-opa.ts";

/** A big.Float of Go as the arithmetic of OPA uses it: sign × mantissa × 2^exponent. */
export interface BigFloat {
  readonly negative: boolean;
  /** Less than 2^precision; 0 for zero. */
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** The precision in bits unless OPA requests another. */
export const defaultPrecision = 64;

/** Parses a decimal as Go does: the digits are rounded before the power of ten is applied. */
export function bigFloatFromText(text: string): BigFloat {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) throw new Error(`not a number: ${text}`);
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  const power = Number(exponent) - fraction.length;
  const digits = rounded(sign === "-", BigInt(whole + fraction), 1n, defaultPrecision);
  if (power === 0 || digits.mantissa === 0n) return digits;
  // Beyond this, powers of five are not exact in the bits that Go uses for them.
  if (Math.abs(power) > 55) return askOpa();
  const five = 5n ** BigInt(Math.abs(power));
  const { negative, mantissa, exponent: shift } = digits;
  const scaled =
    power > 0
      ? rounded(negative, mantissa * five, 1n, defaultPrecision)
      : rounded(negative, mantissa, five, defaultPrecision);
  return { ...scaled, exponent: scaled.exponent + shift + power };
}

/** The sum, rounded to `precision` bits. */
export function add(a: BigFloat, b: BigFloat, precision = defaultPrecision): BigFloat {
  const exponent = Math.min(a.exponent, b.exponent);
  if (Math.abs(a.exponent - b.exponent) > 4000) return askOpa();
  const sum = signedMantissa(a, exponent) + signedMantissa(b, exponent);
  if (sum === 0n) return { negative: a.negative && b.negative, mantissa: 0n, exponent: 0 };
  return shifted(rounded(sum < 0n, sum < 0n ? -sum : sum, 1n, precision), exponent);
}

/** The value with the opposite sign. */
export function negated(a: BigFloat): BigFloat {
  return { ...a, negative: !a.negative };
}

/** The product, rounded to `precision` bits. */
export function multiply(a: BigFloat, b: BigFloat, precision = defaultPrecision): BigFloat {
  return shifted(rounded(a.negative !== b.negative, a.mantissa * b.mantissa, 1n, precision), a.exponent + b.exponent);
}

/** The quotient, rounded to `precision` bits; `b` must not be zero. */
export function divide(a: BigFloat, b: BigFloat, precision = defaultPrecision): BigFloat {
  return shifted(rounded(a.negative !== b.negative, a.mantissa, b.mantissa, precision), a.exponent - b.exponent);
}

/** The integer part, rounded towards zero. */
export function truncated({ negative, mantissa, exponent }: BigFloat): bigint {
  if (exponent > 4000) return askOpa();
  const size = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa >> BigInt(-exponent);
  return negative ? -size : size;
}

/** Whether the value is an integer. */
export function isInteger(a: BigFloat): boolean {
  return a.exponent >= 0 || (a.mantissa & ((1n << BigInt(-a.exponent)) - 1n)) === 0n;
}

function signedMantissa({ negative, mantissa, exponent }: BigFloat, at: number): bigint {
  const size = mantissa << BigInt(exponent - at);
  return negative ? -size : size;
}

function shifted(value: BigFloat, by: number): BigFloat {
  return value.mantissa === 0n ? value : { ...value, exponent: value.exponent + by };
}

/** numerator / denominator, rounded to `precision` bits, halves to even. */
function rounded(negative: boolean, numerator: bigint, denominator: bigint, precision: number): BigFloat {
  if (numerator === 0n) return { negative, mantissa: 0n, exponent: 0 };
  let exponent = bits(numerator) - bits(denominator) - precision;
  let [top, bottom] =
    exponent > 0 ? [numerator, denominator << BigInt(exponent)] : [numerator << BigInt(-exponent), denominator];
  if (top / bottom >= 1n << BigInt(precision)) {
    bottom <<= 1n;
    exponent++;
  } else if (top / bottom < 1n << BigInt(precision - 1)) {
    top <<= 1n;
    exponent--;
  }
  let mantissa = top / bottom;
  const twice = (top % bottom) * 2n;
  if (twice > bottom || (twice === bottom && mantissa % 2n === 1n)) mantissa++;
  if (mantissa === 1n << BigInt(precision)) return { negative, mantissa: mantissa >> 1n, exponent: exponent + 1 };
  return { negative, mantissa, exponent };
}

/** The length of a non-negative integer in bits. */
export function bits(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
