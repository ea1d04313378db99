import { readUnsigned, unsigned } from "./instructions.ts";

const sections = { global: 6, export: 7 } as const;
const globalExport = 3;
const opcodes = { "i32.const": 0x41, "i64.const": 0x42, "f32.const": 0x43, "f64.const": 0x44, end: 0x0b } as const;

/** The prefix of the names under which `exportGlobals` exports. */
export const globalPrefix = "portcullis_global_";

/**
 * Returns the module with every mutable global exported, so that its whole state can be saved and restored. Throws if
 * the module imports globals or has no exports.
 */
export function exportGlobals(module: Uint8Array): Uint8Array {
  let mutable: readonly number[] = [];
  for (let at = 8; at < module.length;) {
    const id = module[at];
    const [size, content] = readUnsigned(module, at + 1);
    if (id === sections.global) mutable = mutableGlobals(module, content);
    if (id === sections.export) {
      const [count, first] = readUnsigned(module, content);
      const added = mutable.flatMap((index) => {
        const name = new TextEncoder().encode(`${globalPrefix}${index}`);
        return [...unsigned(name.length), ...name, globalExport, ...unsigned(index)];
      });
      const old = module.subarray(first, content + size);
      const total = unsigned(count + mutable.length);
      const head = [id, ...unsigned(total.length + old.length + added.length), ...total];
      return Buffer.concat([
        module.subarray(0, at),
        Uint8Array.from(head),
        old,
        Uint8Array.from(added),
        module.subarray(content + size),
      ]);
    }
    at = content + size;
  }
  throw new Error("the module exports nothing");
}

function mutableGlobals(module: Uint8Array, content: number): readonly number[] {
  const found: number[] = [];
  const [count, first] = readUnsigned(module, content);
  let at = first;
  for (let index = 0; index < count; index++) {
    if (module[at + 1] === 1) found.push(index);
    at = afterConstant(module, at + 2);
  }
  return found;
}

function afterConstant(module: Uint8Array, at: number): number {
  const opcode = module[at];
  let end: number;
  switch (opcode) {
    case opcodes["i32.const"]:
    case opcodes["i64.const"]:
      end = readUnsigned(module, at + 1)[1];
      break;
    case opcodes["f32.const"]:
      end = at + 5;
      break;
    case opcodes["f64.const"]:
      end = at + 9;
      break;
    case undefined:
    default:
      throw new Error(`a global starts in a way that is not known (${opcode})`);
  }
  if (module[end] !== opcodes.end) throw new Error("a global starts as more than a constant");
  return end + 1;
}
