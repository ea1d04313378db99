import { expect, test } from "@jest/globals";
import { joinJudges } from "../../src/engine/join-judges.ts";
import type { KnownFacts } from "../../src/model/fact.ts";
import type { Judge, Question } from "../../src/model/judge.ts";
import type { Violation } from "../../src/model/violation.ts";

const manifest: Question["manifest"] = {
  identity: { group: "", kind: "Pod", name: "a" },
  apiVersion: "v1",
  value: {},
  position: { path: "a.yaml", document: 0, line: 1, pointer: "" },
};
const question: Question = { manifest, operation: "CREATE" };
const facts: KnownFacts = { digest: "1", facts: [] };

function judgeOf(name: string, more: Partial<Judge> = {}): Judge & { closed: number } {
  const violation: Violation = {
    policy: name,
    rule: "deny",
    level: "deny",
    message: name,
    cause: { pointer: "", stablePointer: "", precision: "manifest" },
    readsChange: false,
  };
  const judge = {
    closed: 0,
    digest: name,
    policies: [{ id: name, package: name }],
    problems: [{ stage: "compile" as const, message: name }],
    warnings: [{ path: name, line: 1, message: name }],
    fieldsRead: [],
    readsChange: false,
    readsTime: false,
    environmentKey: () => "",
    judge: async (questions: readonly Question[]) =>
      questions.map((one) => ({
        violations: [{ ...violation, message: one.facts === undefined ? name : `${name} late` }],
        excepted: [],
        problems: [],
      })),
    close: async () => {
      judge.closed += 1;
    },
    ...more,
  };
  return judge;
}

const shown = async (judge: Judge, asked: readonly Question[]): Promise<readonly (readonly string[])[]> =>
  (await judge.judge(asked)).map(({ violations }) => violations.map(({ message }) => message));

test("what the judges are and find is put together, in their order", async () => {
  const judge = joinJudges([judgeOf("a"), judgeOf("b")]);
  expect(judge.policies.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(judge.problems.map(({ message }) => message)).toEqual(["a", "b"]);
  expect(judge.warnings?.map(({ message }) => message)).toEqual(["a", "b"]);
  expect(await shown(judge, [question, question])).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
});

test("digests tell sets of judges apart", () => {
  const digests = [["a"], ["a", "b"], ["b", "a"], ["a,b"]].map(
    (names) => joinJudges(names.map((one) => judgeOf(one))).digest,
  );
  expect(new Set(digests).size).toBe(4);
});

test("only those that await facts are asked about them, and their keys are named once", async () => {
  const awaiting = judgeOf("b", { awaits: () => ["x", "y"] });
  const other = judgeOf("c", { awaits: () => ["y"] });
  const judge = joinJudges([judgeOf("a"), awaiting, other, judgeOf("d", { awaits: () => undefined })]);
  expect(judge.awaits?.(question)).toEqual(["x", "y"]);
  expect(await shown(judge, [{ ...question, facts }, question])).toEqual([
    ["b late", "c late"],
    ["a", "b", "c", "d"],
  ]);
  expect(joinJudges([judgeOf("a"), judgeOf("b")]).awaits?.(question)).toBeUndefined();
});

interface Row {
  readonly name: string;
  readonly of: Partial<Judge>;
  readonly and: Partial<Judge>;
  readonly expected: Partial<Judge>;
}

const rows: readonly Row[] = [
  {
    name: "a change is read where one of them reads it",
    of: {},
    and: { readsChange: true },
    expected: { readsChange: true },
  },
  {
    name: "the time is read where one of them reads it",
    of: {},
    and: { readsTime: true },
    expected: { readsTime: true },
  },
  {
    name: "parameters of one policy are those that any of them reads",
    of: {
      parametersRead: new Map([
        ["p", new Set(["x"])],
        ["q", new Set(["y"])],
      ]),
    },
    and: { parametersRead: new Map([["p", "any"]]) },
    expected: {
      parametersRead: new Map<string, ReadonlySet<string> | "any">([
        ["p", "any"],
        ["q", new Set(["y"])],
      ]),
    },
  },
  {
    name: "parameters are not known where one does not tell",
    of: { parametersRead: "any" },
    and: { parametersRead: new Map() },
    expected: { parametersRead: "any" },
  },
];

test.each(rows)("$name", ({ of, and, expected }) => {
  expect(joinJudges([judgeOf("a", of), judgeOf("b", and)])).toMatchObject(expected);
});

test("environments are alike where they are for all, and not known to be where one does not tell", () => {
  const key = (prefix: string): Partial<Judge> => ({ environmentKey: (of) => `${prefix}${of}` });
  const joined = joinJudges([judgeOf("a", key("x")), judgeOf("b")]);
  expect(joined.environmentKey?.("p")).not.toBe(joined.environmentKey?.("q"));
  const { environmentKey: _, ...silent } = judgeOf("c");
  expect(joinJudges([judgeOf("a"), silent]).environmentKey).toBeUndefined();
});

test("it answers apart where all of them can, is left where one leaves a rule out, and closes all", async () => {
  const [a, b] = [judgeOf("a", { apart: () => judgeOf("a apart") }), judgeOf("b", { leavesOut: () => true })];
  const judge = joinJudges([a, b]);
  expect("apart" in judge).toBe(false);
  expect(judge.leavesOut?.()).toBe(true);
  await judge.close();
  expect([a.closed, b.closed]).toEqual([1, 1]);
  const both = joinJudges([a, judgeOf("c", { apart: () => judgeOf("c apart") })]).apart?.();
  expect(await shown(both!, [question])).toEqual([["a apart", "c apart"]]);
});
