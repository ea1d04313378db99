import { expect, test } from "@jest/globals";
import { portcullis } from "../cli/run-portcullis.ts";
import { repositoryOf } from "./example.ts";

const CLUSTERS = ["af-1", "ap-1", "ap-2", "ap-3", "eu-1", "eu-2", "eu-3", "sa-1", "us-1", "us-2", "us-3"];
const JANUARY = ["--now", "2027-01-14T23:59:59Z"];
const FEBRUARY = ["--now", "2027-01-15T00:00:00Z"];

interface FindingRow {
  readonly level: string;
  readonly environments?: readonly string[];
  readonly location: { readonly path: string; readonly line: number };
}

async function findings(now: readonly string[]): Promise<readonly FindingRow[]> {
  const directory = repositoryOf("multi-cluster", "base-image");
  const { code, out } = await portcullis(directory, ["check", "--base", "main", "-o", "json", ...now]);
  expect(code).toBe(1);
  return JSON.parse(out).findings;
}

test("a line of the base that reaches eleven clusters is one finding with eleven environments", async () => {
  expect(await findings(FEBRUARY)).toMatchObject([
    { level: "deny", environments: CLUSTERS, location: { path: "base/deployment.yaml", line: 23 } },
  ]);
});

test("until its day comes, the cluster with a level of its own only warns", async () => {
  const found = await findings(JANUARY);
  expect(found.map(({ level, environments }) => [level, environments])).toEqual(
    expect.arrayContaining([
      ["deny", CLUSTERS.slice(1)],
      ["warn", ["af-1"]],
    ]),
  );
  expect(found).toHaveLength(2);
});

test("the report's matrix says which cluster breaks what", async () => {
  const directory = repositoryOf("multi-cluster", "base-image");
  const { out } = await portcullis(directory, ["check", "--base", "main", "-o", "markdown", ...FEBRUARY]);
  for (const cluster of CLUSTERS) expect(out).toContain(cluster);
});
