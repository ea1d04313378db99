import { expect, test } from "@jest/globals";
import type { DiagnosisGroup } from "../../src/model/diagnosis.ts";
import { diagnosesSummary, jsonDiagnoses, prettyDiagnoses } from "../../src/report/diagnoses.ts";

const group: DiagnosisGroup = {
  area: "repositories",
  title: "acme/shop",
  repository: "acme/shop",
  diagnoses: [
    { code: "a/ok", state: "ok", found: "one two three four five six seven" },
    { code: "a/bad", state: "failure", found: "a\u001b[2Jb", next: "do this and that, and then something else" },
    { code: "a/odd", state: "warning", found: "odd" },
    { code: "a/dark", state: "unknown", found: "dark" },
  ],
};

test("a terminal's width breaks lines between words, and the label keeps its column", () => {
  expect(prettyDiagnoses(group, { colour: false, columns: 40 })).toBe(`acme/shop
  ok       one two three four five six
           seven
  failure  a\\x1b[2Jb
           → do this and that, and then
             something else
  warning  odd
  unknown  dark
`);
});

test("without a terminal nothing is broken; colour says what is wrong", () => {
  expect(prettyDiagnoses(group, { colour: false })).toContain("one two three four five six seven\n");
  expect(prettyDiagnoses(group, { colour: true })).toContain("\u001b[33mwarning\u001b[39m  odd");
});

test("the summary counts, worst first, and leaves out what there is none of", () => {
  expect(diagnosesSummary([group, group], { colour: false })).toBe("2 failures, 2 warnings, 2 unknown, 2 ok\n");
  expect(diagnosesSummary([{ ...group, diagnoses: group.diagnoses.slice(0, 1) }], { colour: false })).toBe("1 ok\n");
});

test("JSON has each with its area, and hides nothing from a terminal", () => {
  const text = jsonDiagnoses([{ ...group, diagnoses: group.diagnoses.slice(1, 2) }]);
  expect(JSON.parse(text)).toEqual({
    version: 1,
    counts: { ok: 0, warning: 0, failure: 1, unknown: 0 },
    diagnoses: [
      {
        area: "repositories",
        repository: "acme/shop",
        code: "a/bad",
        state: "failure",
        found: "a\u001b[2Jb",
        next: "do this and that, and then something else",
      },
    ],
  });
  expect(text).not.toContain("\u001b");
});
