import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { documents, root } from "./documents.ts";

const page = documents.find(({ path }) => path === "docs/attacks.md")?.text ?? "";
const rows = [...page.matchAll(/^\| (?!attack \|)([^|]+) \| ([^|]+) \| (.+) \|$/gm)].map(
  ([, attack = "", , tests = ""]) => [attack, tests] as const,
);
const named = rows.flatMap(([, tests]) =>
  [...tests.matchAll(/\[((?:[^\]]|\](?!\())+)\]\(\.\.\/(test\/[\w./-]+\.ts)\)/g)].map(
    ([, title = "", file = ""]) => [title, file] as const,
  ),
);

test("every attack of the page has a test", () => {
  expect(rows.length).toBeGreaterThan(80);
  expect(rows.filter(([, tests]) => !tests.includes("](../test/")).map(([attack]) => attack)).toEqual([]);
  // Each link was understood.
  expect(named).toHaveLength(page.split("](../test/").length - 1);
});

test("every test that the page names exists and is run", () => {
  expect(named.filter(([title, file]) => !hasTest(file, title)).map((one) => one.join(" in "))).toEqual([]);
});

test("every kind of attack that tests name is one of the threat model", () => {
  const model = documents.find(({ path }) => path === "docs/threat-model.md")?.text ?? "";
  const kinds = ["attacks", "attacks-from-afar"].flatMap((name) => {
    const text = readFileSync(join(root, `test/gate/${name}.test.ts`), "utf8");
    return [...text.matchAll(/^ {4}kind: "([^"]+)",$/gm)].map(([, kind = ""]) => kind);
  });
  expect(kinds).not.toEqual([]);
  expect([...new Set(kinds)].filter((kind) => !model.includes(`\n| ${kind} |`))).toEqual([]);
});

test.each<[string, string, boolean]>([
  ["a test", 'test("it holds", async () => {', true],
  ["a row of a table", '  ["it holds", 1],', true],
  ["a row by name", '  name: "it holds",', true],
  ["a part of a title", 'test("it holds water", async () => {', false],
  ["a comment", '// test("it holds", async () => {', false],
  ["a skipped test", 'test.skip("it holds", async () => {', false],
  ["nothing", "", false],
])("%s counts as a test: %s", (_, line, counts) => {
  expect(isTest(line, "it holds")).toBe(counts);
});

function hasTest(file: string, title: string): boolean {
  const path = join(root, file);
  return (
    existsSync(path) &&
    readFileSync(path, "utf8")
      .split("\n")
      .some((line) => isTest(line, title))
  );
}

/** Whether a line of a test's file has a title, of a test or of a row in a table of tests. */
function isTest(line: string, title: string): boolean {
  const isText = [JSON.stringify(title), `\`${title}\``, `'${title}'`].some((text) => line.includes(text));
  return isText && !/^\s*(?:\/\/|\*)|\b(?:test|it|describe)\.(?:skip|todo|failing)\b|\bx(?:test|it)\(/.test(line);
}
