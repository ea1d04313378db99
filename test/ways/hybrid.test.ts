import { expect, test } from "@jest/globals";
import { portcullis } from "../cli/run-portcullis.ts";
import { repositoryOf } from "./example.ts";

test("one fault in four ways is one verdict with four findings, each at its own line", async () => {
  const directory = repositoryOf("hybrid", "everything-moves");
  const { code, out } = await portcullis(directory, ["check", "--base", "main", "-o", "json"]);
  expect(code).toBe(1);
  const report = JSON.parse(out);
  expect(
    report.findings.map(
      ({ location, environment, status }: { location: object; environment?: string; status: string }) => ({
        ...location,
        environment,
        status,
      }),
    ),
  ).toMatchObject([
    { path: "charts/web/values-production.yaml", line: 2, environment: "production", status: "introduced" },
    { path: "edge/store-1/till.yaml", line: 23, environment: "edge", status: "introduced" },
    { path: "ledger/deployment.yaml", line: 24, environment: "backoffice", status: "introduced" },
    { path: "plain/metrics.yaml", line: 24, environment: undefined, status: "introduced" },
  ]);
  expect(report.problems).toEqual([]);
});

test("the graph shows every way", async () => {
  const directory = repositoryOf("hybrid", "everything-moves");
  const { code, out } = await portcullis(directory, ["graph", "-o", "json"]);
  expect(code).toBe(0);
  const ids = JSON.parse(out).sources.map(({ id }: { id: string }) => id);
  expect(ids).toEqual([
    "Application argocd/web",
    "Kustomization flux-system/flux-system",
    "Kustomization flux-system/ledger",
    "edge/store-1",
  ]);
});
