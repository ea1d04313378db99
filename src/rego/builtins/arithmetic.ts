import type { RegoValue } from "../value/rego-value.ts";
import { isArray, isSet } from "../value/rego-value.ts";
import { askOpa } from "./ask-opa.ts";
import type { Builtin, BuiltinRecord } from "./builtin.ts";
import type { BigFloat } from "./go/big-float.ts";
import { add, defaultPrecision, divide, isInteger, multiply, negated, truncated } from "./go/big-float.ts";
import type { RegoNumber } from "./number.ts";
import { floatOf, fromFloat, fromInteger, integerOf, isNumber } from "./number.ts";

/**
 * Arithmetic as the evaluator of OPA computes it: exact for integers of any size, otherwise 64-bit binary floating
 * point.
 */
export const arithmeticBuiltins: BuiltinRecord = {
  plus: operation((a, b) => a + b, add),
  minus: operation(
    (a, b) => a - b,
    (a, b) => add(a, negated(b)),
  ),
  mul: operation((a, b) => a * b, multiply),
  div: (_run, a, b) => {
    if (!isNumber(a) || !isNumber(b)) return undefined;
    if (typeof a === "number" && typeof b === "number" && a !== 0 && b !== 0 && a % b === 0 && areInts(a, b))
      return a / b;
    const divisor = floatOf(b);
    return divisor.mantissa === 0n ? undefined : fromFloat(divide(floatOf(a), divisor));
  },
  rem: (_run, a, b) => {
    if (!isNumber(a) || !isNumber(b)) return undefined;
    const dividend = integerOf(a);
    const divisor = integerOf(b);
    if (dividend === undefined || divisor === undefined || divisor === 0n) return undefined;
    return fromInteger(dividend % divisor);
  },
  abs: single((value) => ({ ...value, negative: false })),
  round: single((value) => whole(add(value, value.negative ? negated(half) : half))),
  ceil: single((value) => (truncated(value) < 0n || isInteger(value) ? whole(value) : add(whole(value), one))),
  floor: single((value) =>
    truncated(value) >= 0n || isInteger(value) ? whole(value) : add(whole(value), negated(one)),
  ),
  sum: (_run, values) => accumulate(values, 0n, (a, b) => a + b, add, defaultPrecision),
  product: (_run, values) =>
    accumulate(
      values,
      1n,
      (a, b) => a * b,
      (a, b) => multiply(a, b, 53),
      53,
    ),
};

const one: BigFloat = { negative: false, mantissa: 1n, exponent: 0 };
const half: BigFloat = { negative: false, mantissa: 1n, exponent: -1 };

function areInts(a: number, b: number): boolean {
  return Number.isSafeInteger(a) && Number.isSafeInteger(b);
}

function operation(exact: (a: bigint, b: bigint) => bigint, float: (a: BigFloat, b: BigFloat) => BigFloat): Builtin {
  return (_run, a, b) => {
    if (!isNumber(a) || !isNumber(b)) return undefined;
    const x = integerOf(a);
    const y = x === undefined ? undefined : integerOf(b);
    return x === undefined || y === undefined ? fromFloat(float(floatOf(a), floatOf(b))) : fromInteger(exact(x, y));
  };
}

function single(float: (value: BigFloat) => BigFloat): Builtin {
  return (_run, value) => {
    if (!isNumber(value)) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 31) {
      return fromFloat(float(floatOf(value)));
    }
    const number = floatOf(value);
    // Go uses as many bits for the integer part as it has.
    return number.exponent > 0 ? askOpa() : fromFloat(float(number));
  };
}

/** The integer part; zero loses its sign. */
function whole(value: BigFloat): BigFloat {
  const integer = truncated(value);
  return { negative: integer < 0n, mantissa: integer < 0n ? -integer : integer, exponent: 0 };
}

function accumulate(
  values: RegoValue | undefined,
  start: bigint,
  exact: (a: bigint, b: bigint) => bigint,
  float: (a: BigFloat, b: BigFloat) => BigFloat,
  precision: number,
): RegoValue | undefined {
  if (values === undefined || !(isArray(values) || isSet(values))) return undefined;
  const numbers: RegoNumber[] = [];
  for (const value of values) {
    if (!isNumber(value)) return undefined;
    numbers.push(value);
  }
  const integers = numbers.map(integerOf);
  let total = start;
  for (const integer of integers) {
    if (integer === undefined) {
      const first: BigFloat = { negative: false, mantissa: start, exponent: 0 };
      return fromFloat(
        numbers.map(floatOf).reduce((a, b) => float(a, b), first),
        precision,
      );
    }
    total = exact(total, integer);
  }
  return fromInteger(total);
}
