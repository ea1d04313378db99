import { expect, test } from "@jest/globals";
import { runWithDeadline } from "../../src/wasm/deadline.ts";

// (module (func (export "spin") (loop (br 0))))
const spinning = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 115, 112, 105, 110, 0, 0, 10, 9, 1, 7, 0, 3,
  64, 12, 0, 11, 11,
]);

test("a function that ends in time hands back its value", () => {
  expect(runWithDeadline(60_000, () => 42)).toEqual({ kind: "done", value: 42 });
});

test("what the function throws is thrown on", () => {
  expect(() =>
    runWithDeadline(60_000, () => {
      throw new RangeError("mine");
    }),
  ).toThrow(new RangeError("mine"));
});

test("a loop inside WebAssembly is stopped at its deadline", () => {
  const { spin } = new WebAssembly.Instance(new WebAssembly.Module(spinning)).exports as { spin: () => void };
  // That it comes back at all is what is tested: nothing else ends the loop.
  expect(runWithDeadline(1, spin)).toEqual({ kind: "late" });
});

test("a deadline inside another one ends only the inner function", () => {
  const outcome = runWithDeadline(60_000, () => {
    const inner = runWithDeadline(1, () => {
      for (;;);
    });
    return [inner.kind, runWithDeadline(60_000, () => "after")];
  });
  expect(outcome).toEqual({ kind: "done", value: ["late", { kind: "done", value: "after" }] });
});
