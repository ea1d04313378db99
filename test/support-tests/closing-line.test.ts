import { expect, test } from "@jest/globals";
import { closingLines } from "../support/closing-line-reporter.ts";

test.each([
  [0, "7 passed, 1 failed\n"],
  [3, "3 skipped\n7 passed, 1 failed\n"],
])("with %i skipped tests the last line says passed and failed, and only that", (skipped, lines) => {
  expect(closingLines(7, 1, skipped)).toBe(lines);
});
