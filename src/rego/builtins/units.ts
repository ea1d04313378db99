import type { BuiltinRecord } from "./builtin.ts";
import { numberFromText } from "../value/read-value.ts";
import { askOpa } from "./ask-opa.ts";
import { bigFloatFromText, multiply, truncated } from "./go/big-float.ts";
import { fromInteger } from "./number.ts";

const decimal = { k: 1000n, m: 1000n ** 2n, g: 1000n ** 3n, t: 1000n ** 4n, p: 1000n ** 5n, e: 1000n ** 6n } as const;
const binary = { k: 1n << 10n, m: 1n << 20n, g: 1n << 30n, t: 1n << 40n, p: 1n << 50n, e: 1n << 60n } as const;

type Fraction = readonly [numerator: bigint, denominator: bigint];

// OPA uses the double nearest to a thousandth.
const milli: Fraction = [1_152_921_504_606_847n, 1n << 60n];

/** Quantities with units: `units.parse` as Kubernetes writes them, `units.parse_bytes` as sizes of memory. */
export const unitBuiltins: BuiltinRecord = {
  "units.parse": (_run, value) => {
    const quantity = typeof value === "string" ? quantityOf(value.replaceAll('"', "")) : undefined;
    if (quantity === undefined) return undefined;
    const factor = siFactor(quantity.unit);
    if (factor === undefined) return undefined;
    const [numerator, denominator] = fractionOf(quantity.number);
    return fromFraction([numerator * factor[0], denominator * factor[1]]);
  },
  "units.parse_bytes": (_run, value) => {
    const quantity = typeof value === "string" ? quantityOf(value.toLowerCase().replaceAll('"', "")) : undefined;
    if (quantity === undefined) return undefined;
    const factor = byteFactor(quantity.unit);
    if (factor === undefined) return undefined;
    return fromInteger(truncated(multiply(bigFloatFromText(quantity.number), bigFloatFromText(String(factor)))));
  },
};

interface Quantity {
  readonly number: string;
  readonly unit: string;
}

/** A number and its suffix; undefined if OPA finds no number. Unusual input is passed to OPA. */
function quantityOf(text: string): Quantity | undefined {
  const [, number = "", exponent = "", unit = ""] = /^(\d+(?:\.\d+)?)([eE][-+]?\d{1,2})?([a-zA-Z]*)$/.exec(text) ?? [];
  if (number !== "") return { number: number + exponent, unit };
  return text === "" || text.includes(" ") || /^[a-df-zA-DF-Z]+$/.test(text) ? undefined : askOpa();
}

function siFactor(unit: string): Fraction | undefined {
  if (unit === "") return [1n, 1n];
  if (unit === "m") return milli;
  const letter = unit.slice(0, 1).toLowerCase() as keyof typeof decimal;
  const factor = unit.length === 1 ? decimal[letter] : unit.slice(1).toLowerCase() === "i" ? binary[letter] : undefined;
  return factor === undefined ? undefined : [factor, 1n];
}

function byteFactor(unit: string): bigint | undefined {
  if (unit === "") return 1n;
  const letter = unit.slice(0, 1) as keyof typeof decimal;
  const rest = unit.slice(1);
  if (rest === "" || rest === "b") return decimal[letter];
  return rest === "i" || rest === "ib" ? binary[letter] : undefined;
}

function fractionOf(number: string): Fraction {
  const [, whole = "", fraction = "", exponent = "0"] = /^(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(number) ?? [];
  const power = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return power >= 0 ? [digits * 10n ** BigInt(power), 1n] : [digits, 10n ** BigInt(-power)];
}

/** An integer, or ten decimal places, halves away from zero; never negative here. */
function fromFraction([numerator, denominator]: Fraction) {
  if (numerator % denominator === 0n) return fromInteger(numerator / denominator);
  const digits = String((numerator * 10n ** 10n * 2n + denominator) / (denominator * 2n)).padStart(11, "0");
  return numberFromText(`${digits.slice(0, -10)}.${digits.slice(-10)}`);
}
