import { expect, test } from "@jest/globals";
import { bodyOf, couldNotEvaluate, notEnrolled, worstOf, type Body } from "../../../src/app/publish/check-body.ts";
import type { Head } from "../../../src/store/heads.ts";
import { finding, report } from "../../report/sample-reports.ts";

test("a report becomes a conclusion, an output and annotations as GitHub takes them", () => {
  const body = bodyOf(report({ verdict: "fail", findings: [finding()] }), { notes: ["A note."], block: "introduced" });
  expect(body.conclusion).toBe("failure");
  expect(body.output.summary).toContain("A note.");
  expect(body.annotations).toEqual([
    {
      path: "apps/web/deployment.yaml",
      start_line: 10,
      end_line: 10,
      annotation_level: "failure",
      title: expect.any(String),
      message: expect.stringContaining("latest"),
    },
  ]);
});

test.each<["introduced" | "all", string]>([
  ["introduced", "notice"],
  ["all", "failure"],
])("where %s findings block, one that was there before is annotated as %s", (block, level) => {
  const { annotations } = bodyOf(report({ findings: [finding({ status: "existing" })] }), { block });
  expect(annotations.map((one) => one.annotation_level)).toEqual(annotations.length === 0 ? [] : [level]);
  expect(annotations.length > 0 || block === "introduced").toBe(true);
});

test("a repository that is not enrolled passes, and is told how to enroll; its branch cannot leave its code span", () => {
  const body = notEnrolled("ma`in");
  expect(body).toMatchObject({ conclusion: "success", annotations: [] });
  expect(body.output.summary).toContain("(`main`)");
  expect(body.output.summary).toContain("Add one there to enroll this repository.");
});

test("what could not be judged blocks, and says why", () => {
  const body = couldNotEvaluate({ reason: "late", message: "it took too long" });
  expect(body).toMatchObject({ conclusion: "failure", annotations: [] });
  expect(body.output.summary).toContain("it took too long.");
});

const own = (conclusion: Body["conclusion"]): Body => ({
  conclusion,
  output: { title: "Own title", summary: "Own summary" },
  annotations: [],
});
const other = (pull: number, conclusion?: "success" | "failure"): Head => ({
  work: `pull:7:${pull}`,
  pull,
  head: "head",
  ...(conclusion === undefined ? {} : { conclusion }),
});

test.each<[string, Body["conclusion"], readonly Head[]]>([
  ["alone", "success", []],
  ["beside passes", "success", [other(4, "success")]],
  ["beside one that is being judged", "success", [other(4)]],
  ["failed itself", "failure", [other(4, "failure")]],
])("a verdict stays as it is: %s", (_, conclusion, others) => {
  expect(worstOf(own(conclusion), others)).toEqual(own(conclusion));
});

test("a pass becomes a failure where other pull requests with the head fail, which are named", () => {
  const others = [other(4, "failure"), other(5, "success"), other(6, "failure")];
  const body = worstOf(own("success"), others);
  expect(body.conclusion).toBe("failure");
  expect(body.output.title).toMatch(/in #4, #6$/);
  expect(body.output.summary).toContain("Own title");
  expect(body.output.summary).toContain("Own summary");
  expect(body.output.summary).not.toContain("#5");
});

test("titles and summaries keep within GitHub's limits", () => {
  const many = Array.from({ length: 100 }, (_, n) => other(1000 + n, "failure"));
  const long = { ...own("success"), output: { title: "t", summary: "é".repeat(65_000) } };
  const { title, summary } = worstOf(long, many).output;
  expect(Buffer.byteLength(title)).toBeLessThanOrEqual(255);
  expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(65_535);
});
