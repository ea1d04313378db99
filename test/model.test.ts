import { expect, test } from "@jest/globals";

test("the frame builds and runs", () => {
  expect(Number(process.versions.node.split(".")[0])).toBeGreaterThanOrEqual(20);
});
