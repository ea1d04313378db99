import { readUnsigned, signed, unsigned } from "./instructions.ts";

/** A module whose functions can be looked up by name and given other bodies. */
export interface ModulePatch {
  /** The index of a function by its name in the name section of the module; undefined if there is none. */
  functionNamed(name: string): number | undefined;
  body(index: number): Uint8Array;
  replaceBody(index: number, body: Uint8Array): void;
  /** Adds a function of the same type as an existing one; returns its index. */
  addFunction(like: number, body: Uint8Array): number;
  /** The functions of the name section by name. */
  readonly names: ReadonlyMap<string, number>;
  /** Adds a mutable i32, which starts as 0 if nothing else is given; returns its index. */
  addGlobal(start?: number): number;
  exportGlobal(index: number, name: string): void;
  toBytes(): Uint8Array;
}

const ids = { custom: 0, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;
const globalExport = 3;

interface Section {
  readonly id: number;
  content: Uint8Array;
}

/** Parses a module in the binary format. Throws if it is not one, or has no functions of its own. */
export function openModule(bytes: Uint8Array): ModulePatch {
  const sections: Section[] = [];
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at] ?? 0;
    const [size, start] = readUnsigned(bytes, at + 1);
    sections.push({ id, content: bytes.subarray(start, start + size) });
    at = start + size;
  }
  const section = (id: number) => {
    const found = sections.find((one) => one.id === id);
    if (found === undefined) throw new Error(`the module has no section ${id}`);
    return found;
  };
  const imported = sections.some(({ id }) => id === ids.import)
    ? countImportedFunctions(section(ids.import).content)
    : 0;
  const types = readVector(section(ids.function).content, readUnsigned);
  const bodies = readVector(section(ids.code).content, (content, at): readonly [Uint8Array, number] => {
    const [size, start] = readUnsigned(content, at);
    return [content.subarray(start, start + size), start + size];
  });
  const names = functionNames(sections);
  const [firstGlobals, globalsAt] = readUnsigned(section(ids.global).content, 0);
  const added: number[] = [];
  return {
    functionNamed: (name) => names.get(name),
    body(index) {
      const found = bodies[index - imported];
      if (found === undefined) throw new Error(`function ${index} has no body`);
      return found;
    },
    replaceBody(index, body) {
      bodies[index - imported] = body;
    },
    addFunction(like, body) {
      const type = types[like - imported];
      if (type === undefined) throw new Error(`function ${like} has no body`);
      types.push(type);
      return imported + bodies.push(body) - 1;
    },
    names,
    addGlobal: (start = 0) => firstGlobals + added.push(start) - 1,
    exportGlobal(index, name) {
      const exports = section(ids.export);
      const [count, first] = readUnsigned(exports.content, 0);
      const text = new TextEncoder().encode(name);
      const entry = [...unsigned(text.length), ...text, globalExport, ...unsigned(index)];
      exports.content = Buffer.concat([
        Uint8Array.from(unsigned(count + 1)),
        exports.content.subarray(first),
        Uint8Array.from(entry),
      ]);
    },
    toBytes() {
      section(ids.function).content = writeVector(types.map(unsigned));
      section(ids.code).content = writeVector(
        bodies.map((body) => Buffer.concat([Uint8Array.from(unsigned(body.length)), body])),
      );
      const fresh = added.flatMap((start) => [0x7f, 1, 0x41, ...signed(start), 0x0b]);
      const old = section(ids.global).content.subarray(globalsAt);
      section(ids.global).content = Buffer.concat([
        Uint8Array.from(unsigned(firstGlobals + added.length)),
        old,
        Uint8Array.from(fresh),
      ]);
      return new Uint8Array(
        Buffer.concat([
          bytes.subarray(0, 8),
          ...sections.flatMap(({ id, content }) => [Uint8Array.from([id, ...unsigned(content.length)]), content]),
        ]),
      );
    },
  };
}

function readVector<T>(content: Uint8Array, read: (content: Uint8Array, at: number) => readonly [T, number]): T[] {
  const [count, start] = readUnsigned(content, 0);
  const items: T[] = [];
  for (let at = start; items.length < count;) {
    const [item, next] = read(content, at);
    items.push(item);
    at = next;
  }
  return items;
}

function writeVector(items: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  return Buffer.concat([
    Uint8Array.from(unsigned(items.length)),
    ...items.map((item) => (item instanceof Uint8Array ? item : Uint8Array.from(item))),
  ]);
}

function skipName(content: Uint8Array, at: number): number {
  const [length, start] = readUnsigned(content, at);
  return start + length;
}

// Kinds of imports: function (a type), table (an element type and limits), memory (limits), global (type, mutability).
function countImportedFunctions(content: Uint8Array): number {
  const skipLimits = (at: number) => {
    const [, afterMinimum] = readUnsigned(content, at + 1);
    return content[at] === 0 ? afterMinimum : readUnsigned(content, afterMinimum)[1];
  };
  const kinds = readVector(content, (_, at): readonly [number, number] => {
    const after = skipName(content, skipName(content, at));
    const kind = content[after] ?? 0;
    switch (kind) {
      case 0:
        return [kind, readUnsigned(content, after + 1)[1]];
      case 1:
        return [kind, skipLimits(after + 2)];
      case 2:
        return [kind, skipLimits(after + 1)];
      default:
        return [kind, after + 3];
    }
  });
  return kinds.filter((kind) => kind === 0).length;
}

const functionNamesId = 1;

function functionNames(sections: readonly Section[]): Map<string, number> {
  const names = new Map<string, number>();
  const decoder = new TextDecoder();
  for (const { id, content } of sections) {
    if (id !== ids.custom) continue;
    let at = skipName(content, 0);
    if (decoder.decode(content.subarray(1, at)) !== "name") continue;
    while (at < content.length) {
      const kind = content[at];
      const [size, start] = readUnsigned(content, at + 1);
      at = start + size;
      if (kind !== functionNamesId) continue;
      for (const [index, name] of readVector(content.subarray(start, at), readName)) names.set(name, index);
    }
  }
  return names;

  function readName(bytes: Uint8Array, from: number): readonly [readonly [number, string], number] {
    const [index, nameAt] = readUnsigned(bytes, from);
    const [length, textAt] = readUnsigned(bytes, nameAt);
    return [[index, decoder.decode(bytes.subarray(textAt, textAt + length))], textAt + length];
  }
}
