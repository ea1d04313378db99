import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/read-config.ts";
import { check, type CheckRequest } from "../../src/gate/check.ts";
import type { Report } from "../../src/model/report.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { simpleJudge } from "./simple-judge.ts";

type Files = { readonly [path: string]: MemoryFile };

const now = "2026-01-01T00:00:00Z";

function judged(after: Files, before?: Files, extra: Partial<CheckRequest> = {}): Promise<Report> {
  return check({
    ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
    after: memoryTree(after, "after"),
    config: defaultConfig,
    judge: simpleJudge(),
    now,
    judged: { after: "after", how: "directory" },
    ...extra,
  });
}

interface PodOptions {
  readonly containers?: { readonly [name: string]: string };
  readonly labels?: { readonly [name: string]: string };
}

/** A Pod as a file: one document, owner set, so that only images matter unless a test says otherwise. */
function pod(name: string, { containers = { main: "nginx:1" }, labels = { owner: "me" } }: PodOptions = {}): string {
  return [
    "apiVersion: v1",
    "kind: Pod",
    "metadata:",
    `  name: ${name}`,
    "  labels:",
    ...Object.entries(labels).map(([key, value]) => `    ${key}: "${value}"`),
    "spec:",
    "  containers:",
    ...Object.entries(containers).flatMap(([key, image]) => [`    - name: ${key}`, `      image: ${image}`]),
    "",
  ].join("\n");
}

const bad = (name: string, image = "nginx:latest"): string => pod(name, { containers: { main: image } });

/** Findings in one line each: status, policy, path:line, and whether changed. */
function lines({ findings }: Report): readonly string[] {
  return findings.map(
    ({ status, policy, location, changed }) =>
      `${status}${changed === true ? " (changed)" : ""} ${policy} ${location.path}:${location.line}`,
  );
}

interface Row {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
  readonly findings: readonly string[];
  readonly verdict: Report["verdict"];
}

const rows: readonly Row[] = [
  {
    name: "a new manifest that violates is introduced",
    before: { "a.yaml": pod("a") },
    after: { "a.yaml": pod("a"), "b.yaml": bad("b") },
    findings: ["introduced images/tag b.yaml:10"],
    verdict: "fail",
  },
  {
    name: "an old violation in an untouched file is existing",
    before: { "a.yaml": bad("a"), "b.yaml": pod("b") },
    after: { "a.yaml": bad("a"), "b.yaml": pod("b", { labels: { owner: "you" } }) },
    findings: ["existing images/tag a.yaml:10"],
    verdict: "pass",
  },
];

test.each(rows)("$name", async ({ before, after, findings, verdict }) => {
  const report = await judged(after, before);
  expect(lines(report)).toEqual(findings);
  expect(report.verdict).toBe(verdict);
});
