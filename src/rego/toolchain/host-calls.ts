import { assemble } from "../../wasm/instructions.ts";
import type { ModulePatch } from "../../wasm/module-patch.ts";
import { openModule } from "../../wasm/module-patch.ts";
import type { HostedNative } from "./hosted-natives.ts";
import { hostedNatives, hostedNumber, numberKeyMissed } from "./hosted-natives.ts";

// The layout of numbers in the runtime (wasm/src/value.h of OPA): type u8 at 0; representation u8 at 1; an integer as
// i64 at 8, any other number as text, with its address at 8 and its length at 12. Strings: length at 4, address at 8.
const numberType = 3;
const textType = 4;
const objectType = 6;
const integerRepresentation = 1;
const zero = 48;
const minusSign = 45;

/** Functions of the runtime with one and two parameters that every module has. */
const unary = "opa_value_type";
const binary = "opa_value_compare";

/** A module that calls its host for what the runtime answers differently from OPA, with the names of these builtins. */
export interface HostedModule {
  readonly wasm: Uint8Array;
  readonly builtins: readonly string[];
}

/** Replaces the builtins of the runtime that `hostedNatives` lists, if the module uses them, by calls of the host. */
export function callHost(wasm: Uint8Array): HostedModule {
  const module = openModule(wasm);
  const builtins: string[] = [];
  const isSmall = module.addFunction(known(module, unary), isSmallBody());
  const hasByte = module.addFunction(known(module, binary), hasByteBody());
  for (const [position, hosted] of hostedNatives.entries()) {
    const native = module.functionNamed(hosted.native);
    if (native === undefined || isRemoved(module.body(native))) continue;
    const host = module.functionNamed(`opa_builtin${hosted.arity}`);
    if (host === undefined) throw new Error(`OPA's runtime imports no opa_builtin${hosted.arity}`);
    builtins.push(hosted.name);
    const raw = isGuarded(hosted) ? module.addFunction(native, module.body(native)) : undefined;
    module.replaceBody(native, hostCall(hosted, { number: hostedNumber(position), host, raw, isSmall, hasByte }));
  }
  const get = known(module, "opa_value_get");
  module.replaceBody(get, lookupBody(module.addFunction(get, module.body(get)), known(module, "opa_builtin2")));
  return { wasm: module.toBytes(), builtins };
}

function known(module: ModulePatch, name: string): number {
  const found = module.functionNamed(name);
  if (found === undefined) throw new Error(`OPA's runtime has no function ${name}`);
  return found;
}

function isGuarded(hosted: HostedNative): boolean {
  return hosted.smallIntegers !== undefined || hosted.without !== undefined;
}

// The compiler leaves `unreachable` in place of functions that no rule needs.
function isRemoved(body: ReturnType<ModulePatch["body"]>): boolean {
  return body.length <= 3;
}

interface Targets {
  readonly number: number;
  readonly host: number;
  /** The original function of the runtime. */
  readonly raw: number | undefined;
  /** Checks whether a value is an integer that the runtime handles as OPA does. */
  readonly isSmall: number;
  /** Checks whether a value is a string that contains a byte. */
  readonly hasByte: number;
}

function hostCall({ arity, smallIntegers = [], keepsOthers, without }: HostedNative, targets: Targets): Uint8Array {
  const { number, host, raw, isSmall, hasByte } = targets;
  const parameters = Array.from({ length: arity }, (_, i) => `local.get ${i}`).join(" ");
  const keep = raw === undefined ? "" : `${parameters} call ${raw} return`;
  const small = smallIntegers.map((i) => `local.get ${i} call ${isSmall} i32.eqz br_if 0`).join(" ");
  const whole = without === undefined ? "" : `local.get ${without.at} i32.const ${without.byte} call ${hasByte} br_if 0`;
  const others = smallIntegers.map((i) => `local.get ${i} i32.load8_u 0 i32.const ${numberType} i32.eq br_if 0`).join(" ");
  return assemble(
    0,
    `
    ${raw === undefined ? "" : `block ${small} ${whole} ${keep} end`}
    ${raw !== undefined && keepsOthers === true ? `block ${others} ${keep} end` : ""}
    i32.const ${number} i32.const 0 ${parameters} call ${host}`,
  );
}

/** (value) → 1 for an integer of 32 bits, or one parsed from a text of at most nine digits; else 0. */
function isSmallBody(): Uint8Array {
  const [value, at, end, digit] = [0, 1, 2, 3];
  return assemble(
    3,
    `
    local.get ${value} i32.load8_u 0 i32.const ${numberType} i32.ne if i32.const 0 return end
    local.get ${value} i32.load8_u 1 i32.const ${integerRepresentation} i32.eq
    if local.get ${value} i32.load 8 i32.const 31 i32.shr_s local.get ${value} i32.load 12 i32.eq return end
    local.get ${value} i32.load 12 i32.const 9 i32.gt_u if i32.const 0 return end
    local.get ${value} i32.load 8 local.tee ${at} local.get ${value} i32.load 12 i32.add local.set ${end}
    local.get ${at} i32.load8_u 0 i32.const ${minusSign} i32.eq
    if
    local.get ${at} i32.const 1 i32.add local.tee ${at} i32.load8_u 0 i32.const ${zero} i32.eq if i32.const 0 return end
    end
    block loop
    local.get ${at} local.get ${end} i32.ge_u br_if 1
    local.get ${at} i32.load8_u 0 i32.const ${zero} i32.sub local.tee ${digit} i32.const 9 i32.gt_u
    if i32.const 0 return end
    local.get ${at} i32.const 1 i32.add local.set ${at}
    br 0 end end
    i32.const 1`,
  );
}

/** (value, byte) → 1 for a string that contains the byte; else 0. */
function hasByteBody(): Uint8Array {
  const [value, byte, at, end] = [0, 1, 2, 3];
  return assemble(
    2,
    `
    local.get ${value} i32.load8_u 0 i32.const ${textType} i32.ne if i32.const 0 return end
    local.get ${value} i32.load 8 local.tee ${at} local.get ${value} i32.load 4 i32.add local.set ${end}
    block loop
    local.get ${at} local.get ${end} i32.ge_u br_if 1
    local.get ${at} i32.load8_u 0 local.get ${byte} i32.eq if i32.const 1 return end
    local.get ${at} i32.const 1 i32.add local.set ${at}
    br 0 end end
    i32.const 0`,
  );
}

/** (value, key) → as before, but the host is notified of a number that is not a key of the object. */
function lookupBody(raw: number, host: number): Uint8Array {
  const [value, key, found] = [0, 1, 2];
  return assemble(
    1,
    `
    local.get ${value} local.get ${key} call ${raw} local.tee ${found}
    if local.get ${found} return end
    local.get ${value} i32.eqz if i32.const 0 return end
    local.get ${value} i32.load8_u 0 i32.const ${objectType} i32.ne if i32.const 0 return end
    local.get ${key} i32.load8_u 0 i32.const ${numberType} i32.ne if i32.const 0 return end
    i32.const ${numberKeyMissed} i32.const 0 local.get ${value} local.get ${key} call ${host}`,
  );
}
