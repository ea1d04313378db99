import { createHash } from "node:crypto";
import type { Builtin, BuiltinRun } from "./builtin.ts";
import type { RegoValue } from "../value/rego-value.ts";
import { writeValue } from "../value/write-value.ts";

/** The builtins that depend on the run: the clock and random values. The same run gives the same values. */
export const runBuiltins: { readonly [name: string]: Builtin } = {
  "time.now_ns": (run) => run.nowNs,
  "rand.intn": (run, key, bound) => {
    if (typeof key !== "string" || typeof bound !== "number" || !Number.isInteger(bound)) return undefined;
    return bound === 0 ? 0 : Number(chance(run, "rand.intn", [key, bound]).readBigUInt64BE() % BigInt(Math.abs(bound)));
  },
  "uuid.rfc4122": (run, key) => {
    const bytes = chance(run, "uuid.rfc4122", [key ?? null]).subarray(0, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  },
  trace: () => true,
};

function chance(run: BuiltinRun, name: string, key: readonly RegoValue[]): Buffer {
  return createHash("sha256")
    .update(`${run.nowNs}\n${name}\n${writeValue(key)}`)
    .digest();
}
