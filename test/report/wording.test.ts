import { expect, test } from "@jest/globals";
import { blocksBy } from "../../src/report/format.ts";
import { verdictSentence } from "../../src/report/wording.ts";
import { report } from "./sample-reports.ts";

const problem = (status: "introduced" | "existing") => ({ stage: "parse" as const, status, message: "no YAML" });

test.each([
  ["introduced", "Could not be judged: 1 problem"],
  ["all", "Could not be judged: 3 problems"],
] as const)("the verdict counts the problems that block, with block: %s", (block, sentence) => {
  const problems = [problem("existing"), problem("introduced"), problem("existing")];
  expect(verdictSentence(report({ verdict: "error", problems }), blocksBy({ failOn: "deny", block }))).toBe(sentence);
});
