import { expect, test } from "@jest/globals";
import { gapProblems, reportGaps } from "../../../src/gate/reporting/gaps.ts";
import type { Gap } from "../../../src/model/source.ts";

const reported = { source: "shop", path: "apps/shop.yaml", line: 3, reason: "its chart is not in the tree" };
const gap: Gap = { ...reported, inputs: "one" };

test.each<[string, readonly Gap[], boolean]>([
  ["it was not there before", [], true],
  ["what it depends on is changed", [{ ...gap, inputs: "other" }], true],
  ["its reason is another", [{ ...gap, reason: "it is suspended" }], true],
  ["it was of another source", [{ ...gap, source: "blog" }], true],
  ["it is what it was", [gap], false],
  ["its object moved in its file", [{ ...gap, line: 9 }], false],
  ["its object moved to another file", [{ ...gap, path: "shop.yaml" }], false],
])("a gap is touched or not where %s", (_, before, touched) => {
  const gaps = reportGaps(before, [gap]);
  expect(gaps).toEqual([touched ? { ...reported, touched: true } : reported]);
  expect(gapProblems(gaps, "touched", true)).toHaveLength(touched ? 1 : 0);
  expect(gapProblems(gaps, "allow", true)).toEqual([]);
});

test("the same gap is named once, as touched if it is in any way; another line or reason is another gap", () => {
  const others = [gap, { ...gap }, { ...gap, line: 4 }, { ...gap, reason: "it is suspended" }, { ...gap, source: "b" }];
  expect(reportGaps(undefined, others)).toHaveLength(4);
  expect(reportGaps([gap], [gap, { ...gap, inputs: "other" }])).toEqual([{ ...reported, touched: true }]);
});

test("without a change no gap is touched, and gaps are problems only where the configuration asks for it", () => {
  const gaps = reportGaps(undefined, [gap]);
  expect(gaps).toEqual([reported]);
  expect(gapProblems(gaps, "touched", false)).toEqual([]);
  expect(gapProblems(gaps, "block", true)).toEqual([]);
  expect(gapProblems(gaps, "block", false)).toEqual([
    {
      stage: "render",
      status: "introduced",
      path: "apps/shop.yaml",
      line: 3,
      message: expect.stringMatching(/^shop .*its chart is not in the tree$/),
    },
  ]);
});
