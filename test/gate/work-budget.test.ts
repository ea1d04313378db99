import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import type { Report } from "../../src/model/report.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { simpleJudge } from "./simple-judge.ts";

const pods = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `apiVersion: v1\nkind: Pod\nmetadata: { name: p${from + i} }\n`).join(
    "---\n",
  );

function judged(before: string, after: string, mostManifests: number): Promise<Report> {
  return check({
    before: memoryTree({ "small.yaml": pods(1, 100), "large.yaml": before }, "before"),
    after: memoryTree({ "small.yaml": pods(2, 100), "large.yaml": after }, "after"),
    config: defaultConfig,
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "test merge" },
    mostManifests,
  });
}

test("a change that yields too many manifests is refused with one problem that names what yields most", async () => {
  const { verdict, problems, findings, counts } = await judged(pods(1), pods(9), 10);
  expect([verdict, findings, counts.manifests]).toEqual(["error", [], 0]);
  expect(problems).toEqual([
    {
      stage: "read",
      status: "introduced",
      message:
        "the change yields more than 10 manifests, so it was not judged; those that yield most: large.yaml (10), small.yaml (1)",
    },
  ]);
});

test("what the change does not touch does not count", async () => {
  const { problems, counts } = await judged(pods(30), pods(30), 10);
  expect([problems, counts.manifests]).toEqual([[], 32]);
});
