import { numberFromText } from "../value/read-value.ts";
import type { NumberText, RegoValue } from "../value/rego-value.ts";
import { isNumberText } from "../value/rego-value.ts";
import { askOpa } from "./ask-opa.ts";
import type { BigFloat } from "./go/big-float.ts";
import { bigFloatFromText } from "./go/big-float.ts";
import { bigFloatText } from "./go/big-float-text.ts";

/** A number of Rego. */
export type RegoNumber = number | bigint | NumberText;

/** Whether a value is a number. */
export function isNumber(value: RegoValue | undefined): value is RegoNumber {
  if (typeof value === "number" || typeof value === "bigint") return true;
  return typeof value === "object" && value !== null && isNumberText(value);
}

/** The integer value of a number, in any notation (`2.0`, `1e3`); undefined if it is not an integer. */
export function integerOf(value: RegoNumber): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined;
  if (/^-?\d+$/.test(value.number)) return BigInt(value.number);
  const parts = /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(value.number);
  if (parts === null) throw new Error(`not a number: ${value.number}`);
  const fraction = (parts[2] ?? "").replace(/0+$/, "");
  const digits = BigInt(`${parts[1]}${fraction}`);
  const power = Number(parts[3] ?? "0") - fraction.length;
  if (Math.abs(power) > 1000) return askOpa();
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return digits % divisor === 0n ? digits / divisor : undefined;
}

/** The number as a big float. */
export function floatOf(value: RegoNumber): BigFloat {
  return bigFloatFromText(isPlain(value) ? String(value) : value.number);
}

function isPlain(value: RegoNumber): value is number | bigint {
  return typeof value !== "object";
}

/** The number for an integer. */
export function fromInteger(value: bigint): RegoNumber {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** The number for a big float, as OPA prints it. */
export function fromFloat(value: BigFloat, precision?: number): RegoNumber {
  return numberFromText(bigFloatText(value, precision));
}
