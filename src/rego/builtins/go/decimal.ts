/** The number 0.d × 10^point with the digits d, without trailing zeros; without digits it is zero. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** The shortest decimal that reads back as this non-negative double. */
export function shortest(value: number): Decimal {
  if (value === 0) return { digits: "", point: 0 };
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/** A non-negative double rounded to `places` digits after the decimal point, halves to even, from its exact value. */
export function roundedToPlaces(value: number, places: number): Decimal {
  return decimal(scaled(value, places), places);
}

/** A non-negative double rounded to `count` significant digits (at least one), halves to even, from its exact value. */
export function roundedToDigits(value: number, count: number): Decimal {
  if (value === 0) return { digits: "", point: 0 };
  let { point } = shortest(value);
  // The shortest decimal may be on the other side of a power of ten.
  if (isBelow(value, point - 1)) point--;
  return decimal(scaled(value, count - point), count - point);
}

/** Whether the value is below that power of ten. */
function isBelow(value: number, power: number): boolean {
  const [numerator, denominator] = exact(value);
  return power >= 0 ? numerator < denominator * 10n ** BigInt(power) : numerator * 10n ** BigInt(-power) < denominator;
}

function decimal(integer: bigint, places: number): Decimal {
  const text = String(integer);
  if (text === "0") return { digits: "", point: 0 };
  return { digits: text.replace(/0+$/, ""), point: text.length - places };
}

function scaled(value: number, places: number): bigint {
  const [numerator, denominator] = exact(value);
  return places >= 0
    ? roundHalfToEven(numerator * 10n ** BigInt(places), denominator)
    : roundHalfToEven(numerator, denominator * 10n ** BigInt(-places));
}

function exact(value: number): readonly [numerator: bigint, denominator: bigint] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  const power = Math.max(exponent, 1) - 1075;
  return power >= 0 ? [mantissa << BigInt(power), 1n] : [mantissa, 1n << BigInt(-power)];
}

function roundHalfToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator) return quotient + 1n;
  return twice === denominator && quotient % 2n === 1n ? quotient + 1n : quotient;
}
