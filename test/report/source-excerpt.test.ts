import { expect, test } from "@jest/globals";
import { escapeMarkdown } from "../../src/report/escape-markdown.ts";
import { inertLines } from "../../src/report/inert-text.ts";
import { excerptOf } from "../../src/report/source-excerpt.ts";
import { finding } from "./sample-reports.ts";
import { processorTime } from "../support/processor-time.ts";

const at = (column: number, kind = "Pod") =>
  finding({
    location: { path: "a.yaml", line: 1, column, precision: "value" },
    manifest: { apiVersion: "v1", kind, name: "x" },
  });

test.each([
  ["spaces", `image: a${" ".repeat(1_000_000)}b`],
  ["spaces within brackets", `{ image: a${" ".repeat(1_000_000)}b`],
  ["commas", `image: a${",".repeat(1_000_000)}b`],
  ["quotes", `image: "${'\\"'.repeat(500_000)}`],
  ["hashes", `image: a${"#".repeat(1_000_000)}`],
  ["colons", `image: ${"a:".repeat(500_000)}`],
])("a line of a million %s is quoted at once", (_name, line) => {
  const spent = processorTime(() => {
    expect(excerptOf(at(8), () => line)?.text.length).toBeLessThan(130);
    expect(excerptOf(at(1_000_000), () => line)?.text.length).toBeLessThan(130);
  });
  expect(spent).toBeLessThan(2_000);
});

test.each([
  ["image: nginx:1 # why", 8, "nginx:1"],
  ["- { image: nginx:1 , name: x }", 5, "nginx:1"],
  ["- { image: nginx:1 }", 5, "nginx:1"],
  ["x: [a, b]", 5, "a"],
  ["image: nginx:1,  ", 1, "nginx:1"],
])("of %j at column %d, %j is marked", (line, column, marked) => {
  const { text, mark } = excerptOf(at(column), () => line) ?? { text: "", mark: { start: 0, length: 0 } };
  expect(text.slice(mark.start, mark.start + mark.length)).toBe(marked);
});

test("a Secret's line of a million spaces shows nothing of its value", () => {
  const spent = processorTime(() => {
    expect(excerptOf(at(1, "Secret"), () => `data:${" ".repeat(1_000_000)}hunter2!`)).toBeUndefined();
    expect(excerptOf(at(1, "Secret"), () => `  data:${" ".repeat(4000)}hunter2!`)?.text).not.toContain("hunter2");
  });
  expect(spent).toBeLessThan(2_000);
});

test("a message of a million spaces is made harmless at once", () => {
  const message = `a${" ".repeat(1_000_000)}b${"\n ".repeat(100_000)}c`;
  let [lines, escaped]: [readonly string[], string] = [[], ""];
  const spent = processorTime(() => {
    lines = inertLines(message);
    escaped = escapeMarkdown(message);
  });
  expect(spent).toBeLessThan(4_000);
  expect(lines).toHaveLength(100_001);
  expect(escaped.endsWith("b c")).toBe(true);
});
