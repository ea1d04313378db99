const SHORT_DECIMAL = /^[-+]?(?:0|[1-9][0-9]{0,14})$/;
const PREFIXED = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[oO]?([0-7]+)|[bB]([01]+))$/;
const DECIMAL = /^([-+]?)(0|[1-9][0-9]*)$/;
const INT64_LIMIT = 1n << 63n;
const UINT64_LIMIT = 1n << 64n;

/**
 * Reads an integer as Go's `strconv.ParseInt` and then `ParseUint` do with base 0 and 64 bits: `0x`, `0o`, `0b` and a
 * leading `0` for octal. Gives a bigint where a double would not be exact, and undefined for what is no such integer.
 */
export function parseInteger(text: string): number | bigint | undefined {
  if (SHORT_DECIMAL.test(text)) return Number(text) + 0;
  const prefixed = PREFIXED.exec(text);
  if (prefixed !== null) {
    const [, sign, hex, octal, binary] = prefixed;
    const digits = hex !== undefined ? `0x${hex}` : octal !== undefined ? `0o${octal}` : `0b${binary}`;
    return inRange(sign ?? "", BigInt(digits));
  }
  const decimal = DECIMAL.exec(text);
  // 20 digits are the most that 64 bits can need.
  if (decimal?.[2] === undefined || decimal[2].length > 20) return undefined;
  return inRange(decimal[1] ?? "", BigInt(decimal[2]));
}

function inRange(sign: string, magnitude: bigint): number | bigint | undefined {
  const value = sign === "-" ? -magnitude : magnitude;
  const limit = sign === "" ? UINT64_LIMIT : sign === "-" ? INT64_LIMIT + 1n : INT64_LIMIT;
  if (magnitude >= limit) return undefined;
  const double = Number(value);
  return Number.isSafeInteger(double) ? double : value;
}
