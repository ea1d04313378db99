import { expect, test } from "@jest/globals";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFrameworks } from "../../src/config/read-frameworks.ts";
import { libraryTree } from "../../src/tree/library-tree.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";

const frameworks = await readFrameworks(libraryTree());

test.each(frameworks)("the policies that $id maps to its controls ship", ({ controls }) => {
  const named = controls.flatMap(({ policies }) => policies);
  expect(named.filter((id) => !existsSync(`policies/${id}/policy.rego`))).toEqual([]);
});

test("a control that METADATA names in a framework that ships is one of its controls", () => {
  const known = new Set(frameworks.flatMap(({ id, controls }) => controls.map((control) => `${id}/${control.id}`)));
  const prefixes = frameworks.map(({ id }) => `${id}/`);
  const named = readdirSync("policies", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("policy.rego"))
    .flatMap((path) => [...readFileSync(`policies/${path}`, "utf8").matchAll(/^# {3}- (\S+)$/gm)])
    .map(([, control = ""]) => control);
  expect(
    named.filter((control) => prefixes.some((prefix) => control.startsWith(prefix)) && !known.has(control)),
  ).toEqual([]);
});

test.each([
  ["without controls", "id: A\ntitle: a\nversion: '1'\nurl: u\n", "expected id, title, version, url and controls"],
  [
    "with a control without a title",
    "id: A\ntitle: a\nversion: '1'\nurl: u\ncontrols: { x: {} }\n",
    "x: expected title",
  ],
])("a framework %s is refused", async (_, text, message) => {
  await expect(readFrameworks(memoryTree({ "policies/frameworks/a.yaml": text }))).rejects.toThrow(message);
});
