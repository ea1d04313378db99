import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { linesOf, onKubernetes } from "./judging.ts";

const fixtures = readdirSync("policies", { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\/fixtures\/.*\.yaml$/.test(path))
  .toSorted();

test("There are fixtures to look at", () => {
  expect(fixtures.length).toBeGreaterThan(20);
});

test.each(fixtures)("%s is what a cluster takes: a policy shows what it is about, and no other fault", (path) => {
  const text = readFileSync(join("policies", path), "utf8");
  expect(linesOf(text, onKubernetes("1.29"))).toEqual([]);
  expect(linesOf(text, onKubernetes("1.37"))).toEqual([]);
});
