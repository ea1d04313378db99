import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { sha256 } from "../../src/manifest/sha256.ts";

test("texts of every length round a block have the digest that Node.js computes", () => {
  for (let length = 0; length < 200; length += 1) {
    const text = "aé😀\0".repeat(length).slice(0, length);
    expect(sha256(text)).toBe(
      createHash("sha256")
        .update(Buffer.from(new TextEncoder().encode(text)))
        .digest("hex"),
    );
  }
});

test("a long text has its digest too", () => {
  const text = "policy".repeat(100_000);
  expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
});
