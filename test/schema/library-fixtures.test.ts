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

/** The first Kubernetes version that has the fields which a policy is about, where it is not the oldest one that is judged. */
const since: Readonly<Record<string, string>> = { "pods/apparmor": "1.30" };

/** Policies about items that repeat: their rejected fixtures hold such items. */
const aboutDuplicates = new Set([
  "validity/repeated-names",
  "validity/service-ports",
  "workloads/repeated-environment",
]);

test.each(fixtures)("%s is what a cluster takes: a policy shows what it is about, and no other fault", (path) => {
  const text = readFileSync(join("policies", path), "utf8");
  const policy = path.split("/").slice(0, 2).join("/");
  for (const version of [since[policy] ?? "1.29", "1.37"]) {
    const found = linesOf(text, onKubernetes(version));
    expect(aboutDuplicates.has(policy) ? found.filter((line) => !line.startsWith("duplicate ")) : found).toEqual([]);
  }
});
