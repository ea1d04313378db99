import type { RegoValue } from "../value/rego-value.ts";
import { isArray, isNumberText } from "../value/rego-value.ts";
import type { BuiltinRecord } from "./builtin.ts";
import { goSprintf } from "./go/sprintf.ts";
import type { GoValue } from "./go/verb.ts";
import { regoText } from "./rego-text.ts";

/** `sprintf` as in OPA. */
export const sprintfBuiltins: BuiltinRecord = {
  sprintf: (_run, format, values) => {
    if (typeof format !== "string" || values === undefined || !isArray(values)) return undefined;
    return simple(format, values) ?? goSprintf(format, values.map(toGo));
  },
};

const simpleVerb = /%(.)/gs;

/**
 * Formats with plain `%s`, `%v` and `%d` that suit their values, which covers nearly all calls; undefined for others.
 */
function simple(format: string, values: readonly RegoValue[]): string | undefined {
  let next = 0;
  let fits = true;
  const text = format.replace(simpleVerb, (_all, verb: string) => {
    const value = values[next++];
    if (typeof value === "string" && (verb === "s" || verb === "v")) return value;
    if (typeof value === "number" && Number.isInteger(value) && (verb === "d" || verb === "v")) return String(value);
    fits = false;
    return "";
  });
  return fits && next === values.length && !format.endsWith("%") ? text : undefined;
}

function toGo(value: RegoValue): GoValue {
  if (typeof value === "string") return { type: "string", value };
  if (typeof value === "number") return Number.isInteger(value) ? integer(BigInt(value)) : { type: "float64", value };
  if (typeof value === "bigint") return integer(value);
  if (value !== null && typeof value === "object" && isNumberText(value)) return fromText(value.number);
  return { type: "string", value: regoText(value) };
}

function fromText(text: string): GoValue {
  if (!/[.eE]/.test(text)) return integer(BigInt(text));
  const value = Number(text);
  return Number.isFinite(value) ? { type: "float64", value } : { type: "string", value: text };
}

function integer(value: bigint): GoValue {
  return { type: value === BigInt.asIntN(64, value) ? "int64" : "*big.Int", value };
}
