import { readUnsigned } from "./instructions.ts";

const op = { block: 0x02, loop: 0x03, if: 0x04, end: 0x0b, call: 0x10, callIndirect: 0x11 } as const;

/** A loop in the body of a function. */
export interface Loop {
  /** Where its first instruction is. */
  readonly start: number;
  /** Something in it calls a function. */
  readonly calls: boolean;
}

/** The body of a function: where its code starts, after its locals, and its loops in the order of their starts. */
export interface Code {
  readonly start: number;
  readonly loops: readonly Loop[];
}

/** Reads the body of a function. Throws on an instruction that is not known, so that nothing is overlooked. */
export function walkCode(body: Uint8Array): Code {
  const [groups, afterCount] = readUnsigned(body, 0);
  let at = afterCount;
  // Each group of locals is a number and a type.
  for (let group = 0; group < groups; group += 1) at = skipNumber(body, at) + 1;
  const start = at;
  const loops: { start: number; calls: boolean }[] = [];
  const open: ({ calls: boolean } | undefined)[] = [];
  while (at < body.length) {
    const opcode = body[at];
    const next = afterInstruction(body, at);
    if (opcode === op.loop) {
      const loop = { start: next, calls: false };
      loops.push(loop);
      open.push(loop);
    } else if (opcode === op.block || opcode === op.if) open.push(undefined);
    else if (opcode === op.end) open.pop();
    else if (opcode === op.call || opcode === op.callIndirect)
      for (const loop of open) if (loop !== undefined) loop.calls = true;
    at = next;
  }
  return { start, loops };
}

/** The end of a number in LEB128. */
function skipNumber(bytes: Uint8Array, at: number): number {
  let end = at;
  while (((bytes[end] ?? 0) & 0x80) !== 0) end += 1;
  return end + 1;
}

/** Opcodes without immediates. */
function isPlain(opcode: number): boolean {
  const control = [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b];
  return control.includes(opcode) || (opcode >= 0x45 && opcode <= 0xc4);
}

/** Opcodes with one number: blocks with their type, branches, calls, variables, and constants that are integers. */
function hasNumber(opcode: number): boolean {
  const control = [0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10];
  return control.includes(opcode) || (opcode >= 0x20 && opcode <= 0x24) || opcode === 0x41 || opcode === 0x42;
}

function afterInstruction(body: Uint8Array, at: number): number {
  const opcode = body[at] ?? 0;
  const first = at + 1;
  if (isPlain(opcode)) return first;
  if (hasNumber(opcode)) return skipNumber(body, first);
  // Memory accesses have an alignment and an offset, indirect calls a type and a table.
  if ((opcode >= 0x28 && opcode <= 0x3e) || opcode === op.callIndirect)
    return skipNumber(body, skipNumber(body, first));
  switch (opcode) {
    case 0x0e: {
      // A table of branches, and the default.
      const [targets, start] = readUnsigned(body, first);
      let end = start;
      for (let target = 0; target <= targets; target += 1) end = skipNumber(body, end);
      return end;
    }
    case 0x3f:
    case 0x40:
      return first + 1;
    case 0x43:
      return first + 4;
    case 0x44:
      return first + 8;
    case 0xfc:
      return afterExtended(body, first);
    default:
      throw new Error(`an instruction that is not known: 0x${opcode.toString(16)}`);
  }
}

/** Conversions that saturate have no immediates; copying and filling of memory have one or two memories. */
function afterExtended(body: Uint8Array, at: number): number {
  const [opcode, next] = readUnsigned(body, at);
  if (opcode <= 7) return next;
  if (opcode === 10) return next + 2;
  if (opcode === 11) return next + 1;
  throw new Error(`an instruction that is not known: 0xfc ${opcode}`);
}
