import { expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";

test("every policy that ships passes its tests and fixtures, and every line of it is reached", () => {
  const arguments_ = ["dist/src/cli/main.cjs", "test", "policies", "--coverage", "--threshold", "100"];
  const { status, stdout, stderr } = spawnSync(process.execPath, arguments_, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/\b\d+ passed, 0 failed/);
});
