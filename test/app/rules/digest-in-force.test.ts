import { expect, test } from "@jest/globals";
import { digestInForce } from "../../../src/app/rules/digest-in-force.ts";
import { readPolicySet } from "../../../src/app/rules/policy-set.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { judgeOfPolicies } from "./policy-sets.ts";

const FILES = {
  "portcullis.yaml": "version: 1\npolicies: [rules]\n",
  "rules/b.rego": "package a.b\n\ndeny contains 1\n",
};
const WAIVER = "- policy: a/b\n  match: { name: web }\n  reason: it moves\n  expires: 2027-02-01\n";
const DATED = "levels: { a/b: { level: warn, until: 2027-02-01, then: deny } }\n";

async function digestOf(files: Readonly<Record<string, string>>, day: string): Promise<string> {
  const [tree, now] = [memoryTree({ ...FILES, ...files }), `${day}T00:00:00Z`];
  const set = await readPolicySet(tree, judgeOfPolicies(), now);
  if (set.kind === "none") throw new Error("there is a portcullis.yaml");
  const digest = await digestInForce(set, tree, now);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  return digest;
}

test.each<[string, Readonly<Record<string, string>>]>([
  ["a waiver expires", { "waivers/b.yaml": WAIVER }],
  ["the date of a level comes", { "portcullis.yaml": `${FILES["portcullis.yaml"]}${DATED}` }],
])("a verdict is no longer valid once %s", async (_, files) => {
  const before = await digestOf(files, "2027-01-30");
  expect(await digestOf(files, "2027-01-31")).toBe(before);
  expect(await digestOf(files, "2027-02-01")).not.toBe(before);
  expect(await digestOf(files, "2027-02-02")).toBe(await digestOf(files, "2027-02-01"));
});

test("what allows nothing, and where a waiver stands, make no difference", async () => {
  const day = "2027-01-15";
  const none = await digestOf({}, day);
  expect(await digestOf({ "waivers/b.yaml": WAIVER.replace("2027", "2026") }, day)).toBe(none);
  expect(await digestOf({ "waivers/b.yaml": `${WAIVER}  other: key\n` }, day)).toBe(none);
  const one = await digestOf({ "waivers/b.yaml": WAIVER }, day);
  expect(one).not.toBe(none);
  expect(await digestOf({ "waivers/c.yaml": `# moved\n${WAIVER}` }, day)).toBe(one);
  expect(await digestOf({ "waivers/b.yaml": WAIVER.replace("web", "api") }, day)).not.toBe(one);
});
