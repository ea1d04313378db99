import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import type { CheckRequest } from "../../src/gate/check-request.ts";
import { check } from "../../src/gate/check.ts";
import { memoryCache } from "../../src/gate/memory-cache.ts";
import type { Report } from "../../src/model/report.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { simpleJudge } from "./simple-judge.ts";

const pods = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `apiVersion: v1\nkind: Pod\nmetadata: { name: p${from + i} }\n`).join(
    "---\n",
  );

function judged(
  before: string | undefined,
  after: string,
  manifests: number,
  more: Partial<CheckRequest> = {},
): Promise<Report> {
  return check({
    ...(before === undefined
      ? {}
      : { before: memoryTree({ "small.yaml": pods(1, 100), "large.yaml": before }, "before") }),
    after: memoryTree({ "small.yaml": pods(2, 100), "large.yaml": after }, "after"),
    config: defaultConfig,
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "test merge" },
    limits: { manifests },
    ...more,
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

test("a directory is refused in the same words, whatever of it was judged before", async () => {
  const cache = memoryCache(1e6, 1e6);
  const first = await judged(undefined, pods(9), 20, { cache });
  expect([first.problems, first.counts.manifests]).toEqual([[], 11]);
  const { verdict, problems } = await judged(undefined, pods(9), 10, { cache });
  expect([verdict, problems.map(({ message }) => message)]).toEqual([
    "error",
    [
      "the tree yields more than 10 manifests, so it was not judged; those that yield most: large.yaml (9), small.yaml (2)",
    ],
  ]);
});

test("a judgement that takes too long is refused, with the time it may take", async () => {
  let seconds = 0;
  const deadline = { seconds: 5, elapsed: () => (seconds += 2) };
  const { verdict, problems } = await judged(pods(1), pods(9), 100, { deadline });
  expect([verdict, problems.map(({ message }) => message)]).toEqual([
    "error",
    ["the change takes more than 5 seconds (--deadline), so it was not judged"],
  ]);
});

test("sources that print too much are refused by name, and what both trees have counts once", async () => {
  const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
  const overlays = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `o${at}/kustomization.yaml`,
        `resources: [../base]\nnamePrefix: o${at}-\n`,
      ]),
    );
  const base = { "base/kustomization.yaml": "resources: [p.yaml]\n", "base/p.yaml": pods(3) };
  const run = (limits: NonNullable<CheckRequest["limits"]>, before: number, after: number): Promise<Report> =>
    judged("", "", 0, {
      renderer,
      before: memoryTree({ ...base, ...overlays(before) }, "before"),
      after: memoryTree({ ...base, ...overlays(after) }, "after"),
      limits,
    });
  const messages = ({ problems }: Report) => problems.map(({ message }) => message);
  try {
    expect(messages(await run({ sources: 4 }, 4, 4))).toEqual([]);
    expect(messages(await run({ sources: 4 }, 4, 5))).toEqual([
      expect.stringMatching(/^the change has more than 4 sources, so it was not judged; those that print most: o\d \(/),
    ]);
    expect(messages(await run({ bytes: 300 }, 1, 4))).toEqual([
      expect.stringMatching(
        /^the change makes sources print more than 1 MiB, so it was not judged; those that print most: o\d \(1 MiB\)/,
      ),
    ]);
  } finally {
    renderer.close();
  }
});
