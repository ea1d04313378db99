import { expect, test } from "@jest/globals";
import { checkRunBody } from "../../src/report/check-run.ts";
import { circumstancesOf } from "../../src/report/landing.ts";
import { cellText, columnsOf, matrixOf } from "../../src/report/matrix.ts";
import { utf8Length } from "../../src/report/utf8.ts";
import type { Report } from "../../src/model/report.ts";
import { finding, report, samples } from "./sample-reports.ts";

const source = (name: string): Report["sources"][number] => ({
  id: name,
  kind: "kustomize",
  path: `${name}/kustomization.yaml`,
  line: 1,
  environments: [name],
  manifests: 1,
});

test("the matrix counts each policy in each environment, what was fixed left out, what found nothing named", () => {
  const of = report({
    sources: [source("eu"), source("us"), source("lab")],
    findings: [
      finding({ policy: "a/b", environments: ["eu", "us"] }),
      finding({ policy: "a/b", level: "warn", environments: ["eu"], status: "existing" }),
      finding({ policy: "c/d", level: "warn", environment: "us" }),
      finding({ policy: "c/d", environments: ["lab"], status: "fixed" }),
      finding({ policy: "e/f", level: "info" }),
    ],
  });
  const rows = matrixOf(of);
  expect(rows).toEqual([
    { environment: "eu", policies: [{ policy: "a/b", level: "deny", introduced: 1, existing: 1 }] },
    { environment: "lab", policies: [] },
    {
      environment: "us",
      policies: [
        { policy: "a/b", level: "deny", introduced: 1, existing: 0 },
        { policy: "c/d", level: "warn", introduced: 1, existing: 0 },
      ],
    },
    { environment: null, policies: [{ policy: "e/f", level: "info", introduced: 1, existing: 0 }] },
  ]);
  expect(columnsOf(rows)).toEqual(["a/b", "c/d", "e/f"]);
  expect(rows.map(({ policies }) => cellText(policies[0]))).toEqual(["1 deny +1", "·", "1 deny", "1 info"]);
});

test("where no environment is known, there is no matrix", () => {
  expect(matrixOf(samples["fail"]!)).toEqual([]);
});

test.each<[string, Parameters<typeof finding>[0], readonly string[]]>([
  ["nothing is said of a plain file", {}, []],
  ["one environment is named", { environment: "eu", environments: ["eu"] }, ["in eu"]],
  ["two are named, and cleared together", { environments: ["eu", "us"] }, ["in eu and us: one change clears both"]],
  ["four are named", { environments: ["a", "b", "c", "d"] }, ["in a, b, c and d: one change clears all 4"]],
  [
    "of many three are named",
    { environments: ["a", "b", "c", "d", "e"], sources: ["x"] },
    ["in a, b, c and 2 more environments: one change clears all 5", "through x"],
  ],
  ["what is fixed needs no clearing", { environments: ["a", "b"], status: "fixed" }, ["in a and b"]],
  [
    "where the value stands is told, if it is not where the change was made",
    { related: { path: "base/web.yaml", line: 3 } },
    ["the value is at base/web.yaml:3"],
  ],
])("%s", (_, over, expected) => {
  expect(circumstancesOf(finding(over))).toEqual(expected);
});

test("a summary of hundreds of environments and differences keeps whole rows and closed details within the limit", () => {
  const names = Array.from({ length: 400 }, (_, at) => `cluster-${at}`);
  const of = report({
    verdict: "fail",
    sources: names.map(source),
    findings: names.map((name, at) =>
      finding({ environments: [name], location: { path: name, line: at + 1, precision: "value" } }),
    ),
    manifestChanges: names.map((name) => ({
      kind: "updated",
      manifest: { apiVersion: "v1", kind: "ConfigMap", name },
      sources: [name],
      environments: [name],
      diff: `@@ -1,1 +1,900 @@\n${Array.from({ length: 900 }, (_, line) => `+line ${line} of ${name}`).join("\n")}`,
    })),
  });
  const { summary } = checkRunBody(of);
  expect(utf8Length(summary)).toBeLessThanOrEqual(65_535);
  expect(summary).toContain("| cluster-0, cluster-1, cluster-10 and 397 more environments | 1 deny |");
  expect(summary).toMatch(/…and \d+ more objects not shown here\./);
  expect(summary).toMatch(/…and \d+ more lines\./);
  const count = (text: string): number => summary.split(text).length - 1;
  expect(count("<details>")).toBeGreaterThan(0);
  expect(count("<details>")).toBe(count("</details>"));
  expect(count("```diff")).toBe(count("\n```\n"));
});

test("objects without differences are listed, collapsed", () => {
  const changes = samples["environments"]!.manifestChanges!.map(({ diff: _diff, ...change }) => change);
  const { summary } = checkRunBody({ ...samples["environments"]!, manifestChanges: changes });
  expect(summary).toContain("<details><summary>What changes: 1 updated and 1 deleted</summary>");
  expect(summary).toContain("- deleted `Namespace shop`, in eu-1, pruned from the cluster, finalizers: kubernetes");
});
