import { expect, test } from "@jest/globals";
import { createMessageReader, decodeFrame, encodeFrame, messageLead } from "../../src/wasm/frame.ts";
import { assemble } from "../../src/wasm/instructions.ts";
import { capMemory } from "../../src/wasm/memory-cap.ts";
import { openModule } from "../../src/wasm/module-patch.ts";

// (module (memory (export "m") 1) (global (mut i32) (i32.const 3)) (func (export "f") (param i32) (result i32) (local.get 0)))
const module = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 6, 6, 1, 127, 1, 65, 3, 11, 7, 9,
  2, 1, 109, 2, 0, 1, 102, 0, 0, 10, 6, 1, 4, 0, 32, 0, 11,
]);

function instance(bytes: Uint8Array) {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as {
    readonly m: WebAssembly.Memory;
    readonly f: (value: number) => number;
  };
}

test.each([1, 2, 100, 200, 16_384])("memory grows to a cap of %d pages and not beyond", (pages) => {
  const { m, f } = instance(capMemory(module, pages));
  expect(f(7)).toBe(7);
  expect(m.grow(pages - 1)).toBe(1);
  expect(() => m.grow(1)).toThrow(RangeError);
});

test("a cap below what the module needs at the start is refused", () => {
  expect(() => capMemory(module, 0)).toThrow("needs 1 pages of memory, the limit is 0");
});

test("a cap never raises the module's own", () => {
  const { m } = instance(capMemory(capMemory(module, 2), 10));
  expect(() => m.grow(2)).toThrow(RangeError);
});

test("a body is exchanged, with a function and a global beside it that it uses", () => {
  const patch = openModule(module);
  const original = patch.addFunction(0, patch.body(0));
  const global = patch.addGlobal();
  patch.replaceBody(
    0,
    assemble(
      0,
      `local.get 0 i32.const 300 i32.add global.set ${global}
       global.get ${global} call ${original} global.get 0 i32.add`,
    ),
  );
  expect(instance(patch.toBytes()).f(5)).toBe(308);
});

test("an instruction that the assembler does not know is an error", () => {
  expect(() => assemble(0, "i64.popcnt")).toThrow("unknown instruction i64.popcnt");
});

test("a frame gives back header and bytes, and one that is cut short is refused", () => {
  const frame = encodeFrame('{"a":"ü"}', Uint8Array.from([1, 2, 3]));
  expect(decodeFrame(frame)).toEqual({ header: { a: "ü" }, blob: Uint8Array.from([1, 2, 3]) });
  expect(() => decodeFrame(frame.subarray(0, 6))).toThrow("truncated frame");
});

test("messages come whole out of a stream that is cut anywhere", () => {
  const messages = [0, 1, 5, 300].map((size) => new Uint8Array(size).fill(size % 256));
  const stream = Buffer.concat(messages.flatMap((message) => [messageLead(message), message]));
  for (const step of [1, 2, 3, 7, 1000]) {
    const seen: Uint8Array[] = [];
    const read = createMessageReader((message) => seen.push(Uint8Array.from(message)));
    for (let at = 0; at < stream.length; at += step) read(stream.subarray(at, at + step));
    expect(seen).toEqual(messages);
  }
});
