import { expect, test } from "@jest/globals";
import { gapProblems, reportGaps } from "../../../src/gate/reporting/gaps.ts";
import type { Gap, SourceNode } from "../../../src/model/source.ts";

const gap: Gap = { source: "shop", path: "apps/shop.yaml", line: 3, reason: "its chart is not in the tree" };
const node = (reads: readonly string[]): SourceNode => ({
  id: "shop",
  kind: "helm",
  path: "apps/shop.yaml",
  line: 3,
  environments: [],
  reads,
});

test.each([
  ["its source renders otherwise", { sources: ["shop"], reads: [], changed: [] }, true],
  ["the file that declares it is changed", { sources: [], reads: [], changed: ["apps/shop.yaml"] }, true],
  [
    "a file that its source reads is changed",
    { sources: [], reads: ["a.yaml", "values.yaml"], changed: ["values.yaml"] },
    true,
  ],
  ["other files and sources are changed", { sources: ["blog"], reads: ["values.yaml"], changed: ["b.yaml"] }, false],
])("a gap is touched or not where %s", (_, { sources, reads, changed }, touched) => {
  const touching = {
    sources: new Set(sources),
    byId: new Map([["shop", node(reads)]]),
    changed: (path: string) => changed.includes(path),
  };
  const reported = reportGaps([gap], touching);
  expect(reported).toEqual([touched ? { ...gap, touched: true } : gap]);
  expect(gapProblems(reported, true)).toHaveLength(touched ? 1 : 0);
});

test("a gap of a source that the graph does not hold is touched through its own file alone", () => {
  const touching = { sources: new Set<string>(), byId: new Map(), changed: (path: string) => path === gap.path };
  expect(reportGaps([gap], touching)).toEqual([{ ...gap, touched: true }]);
  expect(reportGaps([gap], { ...touching, changed: () => false })).toEqual([gap]);
});

test("the same gap is named once; another line or reason is another gap", () => {
  const others = [gap, { ...gap }, { ...gap, line: 4 }, { ...gap, reason: "it is suspended" }, { ...gap, source: "b" }];
  expect(reportGaps(others, undefined)).toEqual([gap, others[2], others[3], others[4]]);
});

test("without a change no gap is touched, and every gap is a problem where gaps block", () => {
  const reported = reportGaps([gap], undefined);
  expect(reported).toEqual([gap]);
  expect(gapProblems(reported, true)).toEqual([]);
  expect(gapProblems(reported, false)).toEqual([
    {
      stage: "render",
      status: "introduced",
      path: "apps/shop.yaml",
      line: 3,
      message: expect.stringMatching(/^shop .*its chart is not in the tree$/),
    },
  ]);
});
