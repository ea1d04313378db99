/** The instructions that our patches use. */
const opcodes = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  return: 0x0f,
  call: 0x10,
  "local.get": 0x20,
  "local.set": 0x21,
  "local.tee": 0x22,
  "global.get": 0x23,
  "global.set": 0x24,
  "i32.load": 0x28,
  "i32.load8_u": 0x2d,
  "i32.store": 0x36,
  "i32.const": 0x41,
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt_s": 0x48,
  "i32.lt_u": 0x49,
  "i32.gt_s": 0x4a,
  "i32.ge_u": 0x4f,
  "i32.gt_u": 0x4b,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.shl": 0x74,
  "i32.shr_s": 0x75,
  "i32.shr_u": 0x76,
  "i32.and": 0x71,
  "i32.or": 0x72,
} as const;

type Name = keyof typeof opcodes;

const noResult = 0x40;
const i32 = 0x7f;

/**
 * Assembles the body of a function: its locals besides the parameters, all i32, and its code in the names of the text
 * format, each followed by its immediates: `local.get 0 i32.load 12 if … end`. Blocks have no result; memory accesses
 * take an offset.
 */
export function assemble(locals: number, code: string): Uint8Array {
  const bytes: number[] = locals === 0 ? [0] : [1, ...unsigned(locals), i32];
  let name: Name | undefined;
  for (const word of code.trim().split(/\s+/)) {
    if (!/^\d+$/.test(word)) {
      if (!isName(word)) throw new Error(`unknown instruction ${word}`);
      name = word;
      bytes.push(opcodes[name]);
      if (name === "block" || name === "loop" || name === "if") bytes.push(noResult);
      // The alignment of an access is only a hint; none is given.
      if (name === "i32.load" || name === "i32.load8_u" || name === "i32.store") bytes.push(0);
      continue;
    }
    bytes.push(...(name === "i32.const" ? signed(Number(word)) : unsigned(Number(word))));
  }
  bytes.push(opcodes.end);
  return Uint8Array.from(bytes);
}

function isName(word: string): word is Name {
  return Object.hasOwn(opcodes, word);
}

/** Encodes a number as unsigned LEB128, as the binary format does. */
export function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

/** Encodes an integer of 32 bits as signed LEB128. */
export function signed(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const byte = rest & 0x7f;
    const last = (rest >> 7 === 0 && byte < 0x40) || (rest >> 7 === -1 && byte >= 0x40);
    if (last) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

/** Reads an unsigned LEB128 number. */
export function readUnsigned(bytes: Uint8Array, at: number): readonly [value: number, next: number] {
  let value = 0;
  let scale = 1;
  for (let next = at; next < bytes.length; next++) {
    const byte = bytes[next] ?? 0;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) return [value, next + 1];
  }
  throw new Error("the module ends within a number");
}
