import { expect, test } from "@jest/globals";
import { gapProblems, reportGaps, type KnownGap } from "../../../src/gate/reporting/gaps.ts";
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

/** The gap of a source in a file, with the id that it has beside others of its name. */
const gapIn = (file: string, id = `shop (${file})`, environments: readonly string[] = []): KnownGap => ({
  ...gap,
  source: id,
  of: { id, name: "shop", path: file, environments },
});

test.each<[string, readonly KnownGap[], readonly KnownGap[], readonly string[]]>([
  ["another of its name comes", [gapIn("a", "shop")], [gapIn("a"), gapIn("b")], ["shop (b)"]],
  ["another of its name goes", [gapIn("a"), gapIn("b")], [gapIn("a", "shop")], []],
  ["it moves while another stays", [gapIn("a"), gapIn("b")], [gapIn("a"), gapIn("c")], []],
  ["it moves and another comes", [gapIn("a", "shop")], [gapIn("b"), gapIn("c")], ["shop (b)", "shop (c)"]],
  ["another comes in its file", [gapIn("a", "shop")], [gapIn("a", "1"), gapIn("a", "2")], ["1", "2"]],
  ["it lands elsewhere", [gapIn("a", "shop", ["test"])], [gapIn("a", "shop", ["prod"])], ["shop"]],
])("of gaps of sources with one name those that come are touched: %s", (_, before, after, touched) => {
  const gaps = reportGaps(before, after);
  expect(gaps.flatMap(({ source, touched }) => (touched === true ? [source] : []))).toEqual(touched);
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
