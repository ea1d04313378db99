import { expect, test } from "@jest/globals";
import { blocksBy } from "../../src/report/format.ts";
import { gapsByReason, groupedProblems, verdictSentence } from "../../src/report/wording.ts";
import { report } from "./sample-reports.ts";

const problem = (status: "introduced" | "existing") => ({ stage: "parse" as const, status, message: "no YAML" });

test.each([
  ["introduced", "Could not be judged: 1 problem"],
  ["all", "Could not be judged: 3 problems"],
] as const)("the verdict counts the problems that block, with block: %s", (block, sentence) => {
  const problems = [problem("existing"), problem("introduced"), problem("existing")];
  expect(verdictSentence(report({ verdict: "error", problems }), blocksBy({ failOn: "deny", block }))).toBe(sentence);
});

const template = (name: string): string => `what templates/${name}.yaml yields depends on lookup`;

test("one reason in several files of a chart is one row, which names none of them; a single one is told as it is", () => {
  const gap = (name: string) => ({
    source: "shop",
    path: `chart/templates/${name}.yaml`,
    line: 5,
    reason: template(name),
  });
  const [two, one] = [[gap("a"), gap("b")], [gap("a")]].map((gaps) =>
    gapsByReason(report({ gaps }), { touched: false }),
  );
  expect(two).toEqual([
    {
      reason: "what the file yields depends on lookup",
      sources: ["shop (chart/templates/a.yaml:5)", "shop (chart/templates/b.yaml:5)"],
    },
  ]);
  expect(one).toEqual([{ reason: template("a"), sources: ["shop (chart/templates/a.yaml:5)"] }]);
  const problems = two?.flatMap(() =>
    ["a", "b"].map((name) => ({
      stage: "render" as const,
      status: "introduced" as const,
      path: `chart/templates/${name}.yaml`,
      message: `shop is not fully judged: ${template(name)}`,
    })),
  );
  const groups = groupedProblems(problems ?? []);
  expect(groups.map((group) => [group[0].message, group.length])).toEqual([
    ["shop is not fully judged: what the file yields depends on lookup", 2],
  ]);
});
