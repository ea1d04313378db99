import { expect, test } from "@jest/globals";
import type { Finding } from "../../src/model/finding.ts";
import { endedComment, fingerprintsIn, reviewComment } from "../../src/report/review-comment.ts";
import { utf8Length } from "../../src/report/utf8.ts";

const withSuggestion = (...suggestion: readonly string[]): Finding => ({
  policy: "a/b",
  rule: "deny",
  level: "deny",
  message: "it is wrong",
  status: "introduced",
  manifest: { apiVersion: "v1", kind: "Pod", name: "web" },
  location: { path: "a.yaml", line: 1, precision: "value" },
  pointer: "/a",
  fingerprint: "f1",
  suggestion,
});

test.each([
  { name: "a line", lines: ["a: 1"], block: "```suggestion\na: 1\n```" },
  { name: "two lines", lines: ["- a: 1", "  b: 2"], block: "```suggestion\n- a: 1\n  b: 2\n```" },
  {
    name: "a line that would close the fence",
    lines: ["a: 1 # x", "```", "@all"],
    block: "````suggestion\na: 1 # x\n```\n@all\n````",
  },
])("a comment suggests $name as it is, once for all findings of the line", ({ lines, block }) => {
  const body = reviewComment([withSuggestion(...lines), withSuggestion(...lines)], () => "blocks");
  expect(body.split("suggestion\n")).toHaveLength(2);
  expect(body).toContain(`\n\n${block}\n\n<!-- portcullis:`);
});

test("a line that cannot be shown as it is is not suggested", () => {
  expect(reviewComment([withSuggestion("a: \u202e1")], () => "blocks")).not.toContain("suggestion");
});

test("what was suggested for a finding that is gone is no suggestion any more", () => {
  const body = reviewComment([withSuggestion("a: 1")], () => "blocks");
  expect(endedComment("fixed", "abc", body)).not.toContain("suggestion");
});

test.each<[string, Partial<Finding>]>([
  ["the id of a policy", { policy: "a/".repeat(50_000) }],
  ["a title", { title: "\u0001".repeat(50_000) }],
  ["a link to documentation", { docs: `https://example.com/${"a".repeat(100_000)}` }],
  ["a suggestion", { suggestion: ["x".repeat(100_000)] }],
  [
    "every text, of characters that are spelled out",
    { message: "\u0001".repeat(4_000), description: "\u0001".repeat(4_000), environments: ["\u0001".repeat(4_000)] },
  ],
])("however long %s is, a comment is within GitHub's limit and keeps its mark", (_, over) => {
  const body = reviewComment([{ ...withSuggestion("a: 1"), ...over }], () => "blocks");
  expect(utf8Length(body)).toBeLessThanOrEqual(65_535);
  expect(fingerprintsIn(body)).toEqual(["f1"]);
});
