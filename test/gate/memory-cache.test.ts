import { expect, test } from "@jest/globals";
import type { JudgedSource } from "../../src/gate/judged-source.ts";
import { memoryCache } from "../../src/gate/memory-cache.ts";

const file = (reason: string): JudgedSource => ({ skippedAs: reason, manifests: [], skipped: [], problems: [] });

test("what was used longest ago is forgotten first", () => {
  const { sources } = memoryCache(3000);
  for (const key of ["a", "b", "c", "d"]) sources.set(key, file(key.repeat(100)));
  const kept = ["a", "b", "c", "d"].filter((key) => sources.get(key) !== undefined);
  expect(kept).toEqual(["b", "c", "d"]);
  sources.get("b");
  sources.set("e", file("e".repeat(100)));
  expect(["b", "c", "d", "e"].filter((key) => sources.get(key) !== undefined)).toEqual(["b", "d", "e"]);
});

test("what is larger than the whole cache displaces nothing", () => {
  const { sources } = memoryCache(2000);
  sources.set("a", file("a"));
  sources.set("huge", file("x".repeat(10_000)));
  expect(sources.get("huge")).toBeUndefined();
  expect(sources.get("a")).toEqual(file("a"));
});

test("a value set again counts once", () => {
  const { sources } = memoryCache(2000);
  for (let i = 0; i < 100; i += 1) sources.set("a", file("a".repeat(50)));
  sources.set("b", file("b"));
  expect(sources.get("a")).toBeDefined();
});
