import { expect, test } from "@jest/globals";
import { linesOfHead, onHead, shownLines } from "../../../src/app/mirror/head-lines.ts";
import type { Mirror } from "../../../src/app/mirror/mirror.ts";
import type { Report } from "../../../src/model/report.ts";
import { askedOf, fake, type Calls } from "../../support/fakes/fake.ts";
import { finding, report } from "../../report/sample-reports.ts";

/** A mirror whose Git answers with one diff, and what it was asked. */
function mirror(diff: string): { readonly git: Mirror; readonly asked: () => readonly (readonly string[])[] } {
  const calls: Calls = [];
  const asked = () => askedOf(calls, "read").map(([args]) => args as readonly string[]);
  return { git: fake<Mirror>({ read: async () => diff }, calls), asked };
}

const moved = "--- f\n+++ f\n@@ -1,0 +2,3 @@\n+a\n+b\n+c\n";
const at = (path: string, line: number, more: object = {}) =>
  finding({ location: { path, line, precision: "value" }, ...more });

test("the tree of the head itself has its lines, and Git is not asked", async () => {
  const { git, asked } = mirror(moved);
  const lines = await linesOfHead(git, "head", "head", report({ findings: [at("f", 5)] }));
  expect(lines("f", 5)).toEqual({ line: 5, exact: true });
  expect(asked()).toEqual([]);
});

test.each<[string, Partial<Report>, readonly string[] | undefined]>([
  ["nothing", {}, undefined],
  [
    "fixed findings, which have the lines of the tree before",
    { findings: [at("gone", 5, { status: "fixed" })] },
    undefined,
  ],
  ["a problem without a path", { problems: [{ stage: "render", message: "m", status: "introduced" }] }, undefined],
  ["findings, each path once", { findings: [at("f", 5), at("f", 6), at("a*[b].yaml", 1)] }, ["f", "a*[b].yaml"]],
  ["problems", { problems: [{ stage: "parse", path: "p", line: 2, message: "m", status: "existing" }] }, ["p"]],
  ["more paths than arguments hold", { findings: Array.from({ length: 501 }, (_, n) => at(`f${n}`, 1)) }, []],
  [
    "as many paths as arguments hold",
    { findings: Array.from({ length: 500 }, (_, n) => at(`f${n}`, 1)) },
    Array.from({ length: 500 }, (_, n) => `f${n}`),
  ],
])("of the difference to the head is asked for what the report names: %s", async (_, over, paths) => {
  const { git, asked } = mirror(moved);
  await linesOfHead(git, "merge", "head", report(over));
  if (paths === undefined) return expect(asked()).toEqual([]);
  const [args = []] = asked();
  const end = args.indexOf("head");
  expect(args.slice(end - 1, end + 1)).toEqual(["merge", "head"]);
  expect(args.slice(end + 1)).toEqual(paths.length === 0 ? [] : ["--", ...paths]);
  expect(args).toEqual(expect.arrayContaining(["core.quotePath=false", "--no-prefix", "-U0", "--no-renames"]));
});

test("lines of the tree that was judged lead to those of the head", async () => {
  const lines = await linesOfHead(mirror(moved).git, "merge", "head", report({ findings: [at("f", 5)] }));
  expect([lines("f", 1), lines("f", 2), lines("g", 2)].map(({ line }) => line)).toEqual([1, 5, 2]);
});

test("findings and problems of a report stand where the head has them, fixed findings where they were", () => {
  const problem = { stage: "parse", message: "m", status: "introduced" } as const;
  const shifted = onHead(
    report({
      findings: [
        finding({ location: { path: "f", line: 5, endLine: 8, column: 3, precision: "value" } }),
        at("f", 5),
        at("f", 5, { status: "existing" }),
        at("f", 5, { status: "fixed" }),
      ],
      problems: [{ ...problem, path: "f", line: 7 }, { ...problem, path: "f" }, problem],
    }),
    (_, line) => ({ line: line + 10, exact: true }),
  );
  expect(shifted.findings.map(({ location }) => location)).toEqual([
    { path: "f", line: 15, endLine: 18, column: 3, precision: "value" },
    { path: "f", line: 15, precision: "value" },
    { path: "f", line: 15, precision: "value" },
    { path: "f", line: 5, precision: "value" },
  ]);
  expect(shifted.problems).toEqual([{ ...problem, path: "f", line: 17 }, { ...problem, path: "f" }, problem]);
});

test("what GitHub shows of a pull request is the difference with three lines around, renames found", async () => {
  const { git, asked } = mirror("--- old\n+++ new\n@@ -4,2 +4,7 @@\n a\n+b\n+c\n+d\n+e\n+f\n a\n");
  expect(await shownLines(git, "base", "head")).toEqual(new Map([["new", [{ from: 4, to: 10 }]]]));
  expect(asked()[0]?.slice(-4)).toEqual(["-U3", "-M", "base", "head"]);
});
