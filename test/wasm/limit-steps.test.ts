import { expect, test } from "@jest/globals";
import { assemble } from "../../src/wasm/instructions.ts";
import { limitSteps, stepsLeft } from "../../src/wasm/limit-steps.ts";
import { openModule } from "../../src/wasm/module-patch.ts";
import { walkCode } from "../../src/wasm/walk-code.ts";

// (module (global (mut i32) (i32.const 3)) (func $n (param i32) (result i32) (local.get 0)) (export "f" (func $f))
//   (func $f (param i32) (result i32) (local.get 0)))
const module = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 3, 2, 0, 0, 6, 6, 1, 127, 1, 65, 3, 11, 7, 5, 1, 1, 102,
  0, 1, 10, 11, 2, 4, 0, 32, 0, 11, 4, 0, 32, 0, 11, 0, 14, 4, 110, 97, 109, 101, 1, 7, 2, 0, 1, 110, 1, 1, 102,
]);

/** Counts its argument down to 0 in a loop, which calls `$n` at each turn, or does not. */
function counting(calls: boolean): Uint8Array {
  const patch = openModule(module);
  const next = calls ? "call 0" : "";
  patch.replaceBody(1, assemble(0, `loop local.get 0 i32.const 1 i32.sub ${next} local.tee 0 br_if 0 end local.get 0`));
  return patch.toBytes();
}

const ofF = { countsLoopsOf: (name: string) => name === "f" };

function instance(bytes: Uint8Array) {
  const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as {
    readonly f: (value: number) => number;
    readonly [stepsLeft]: { value: number };
  };
  return { f: exports.f, left: exports[stepsLeft] };
}

test("a turn of a loop that calls takes a step, and the step that is not left is a trap", () => {
  const { f, left } = instance(limitSteps(counting(true), { ...ofF, calls: {} }));
  left.value = 10;
  expect([f(10), left.value]).toEqual([0, 0]);
  left.value = 9;
  expect(() => f(10)).toThrow(/unreachable/);
});

test("a call of a function takes the steps that it costs, beside those of the loop", () => {
  const { f, left } = instance(limitSteps(counting(true), { ...ofF, calls: { n: 3 } }));
  left.value = 45;
  expect([f(10), left.value]).toEqual([0, 5]);
  left.value = 39;
  expect(() => f(10)).toThrow(/unreachable/);
});

test("a loop without calls takes none", () => {
  const { f, left } = instance(limitSteps(counting(false), { ...ofF, calls: {} }));
  left.value = 0;
  expect(f(1_000)).toBe(0);
});

test("a function that is not counted takes none", () => {
  const { f, left } = instance(limitSteps(counting(true), { countsLoopsOf: (name) => name === "n", calls: {} }));
  left.value = 0;
  expect(f(1_000)).toBe(0);
});

test("a function that is not there is an error", () => {
  expect(() => limitSteps(module, { ...ofF, calls: { malloc: 1 } })).toThrow("the module has no function malloc");
  expect(() => limitSteps(module, { countsLoopsOf: () => false, calls: {} })).toThrow(
    "the module has no function with",
  );
});

test("loops are found among instructions of every form", () => {
  // Locals, constants of every type, a table of branches, an access, a nested loop with an indirect call.
  const body = [
    [1, 2, 0x7f],
    [0x43, 0x0b, 0x0b, 0x03, 0x0b, 0x1a, 0x44, 3, 3, 3, 3, 3, 3, 3, 3, 0x1a],
    [0x42, 0x83, 0x03, 0x1a, 0x28, 0x03, 0x83, 0x03],
    [0x02, 0x40, 0x03, 0x40, 0x0e, 1, 0, 0, 0x0b, 0x0b],
    [0x03, 0x40, 0x03, 0x40, 0x11, 0x03, 0x00, 0x0b, 0x0b, 0x0b],
  ];
  const [locals = [], ...code] = body;
  const bytes = Uint8Array.from([...locals, ...code.flat()]);
  expect(walkCode(bytes)).toEqual({
    start: 3,
    loops: [
      { start: 31, calls: false },
      { start: 39, calls: true },
      { start: 41, calls: true },
    ],
  });
});

test.each([[[0xfd, 0]], [[0xfc, 8]], [[0x06, 0x40]]])(
  "instructions that are not known are refused: %j",
  (instruction) => {
    expect(() => walkCode(Uint8Array.from([0, ...instruction, 0x0b]))).toThrow("an instruction that is not known");
  },
);
