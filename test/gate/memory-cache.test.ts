import { expect, test } from "@jest/globals";
import type { JudgedFile } from "../../src/gate/cache.ts";
import { memoryCache } from "../../src/gate/memory-cache.ts";

const file = (reason: string): JudgedFile => ({ skippedAs: reason, manifests: [], skipped: [], problems: [] });

test("what was used longest ago is forgotten first", () => {
  const { files } = memoryCache(3000);
  for (const key of ["a", "b", "c", "d"]) files.set(key, file(key.repeat(100)));
  const kept = ["a", "b", "c", "d"].filter((key) => files.get(key) !== undefined);
  expect(kept).toEqual(["b", "c", "d"]);
  files.get("b");
  files.set("e", file("e".repeat(100)));
  expect(["b", "c", "d", "e"].filter((key) => files.get(key) !== undefined)).toEqual(["b", "d", "e"]);
});

test("what is larger than the whole cache displaces nothing", () => {
  const { files } = memoryCache(2000);
  files.set("a", file("a"));
  files.set("huge", file("x".repeat(10_000)));
  expect(files.get("huge")).toBeUndefined();
  expect(files.get("a")).toEqual(file("a"));
});

test("a value set again counts once", () => {
  const { files } = memoryCache(2000);
  for (let i = 0; i < 100; i += 1) files.set("a", file("a".repeat(50)));
  files.set("b", file("b"));
  expect(files.get("a")).toBeDefined();
});
