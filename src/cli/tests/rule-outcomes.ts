import { versionHint } from "../../rego/compile-sources.ts";
import type { FailedAt, RegoError, TestResult, TermValue } from "../../rego/toolchain/protocol.ts";
import type { TestOutcome } from "../../model/test-outcome.ts";

/** The outcome of one test rule; a failed one says which line was not true, what it expected and what it got. */
export function ruleOutcome(result: TestResult): TestOutcome {
  const name = `${result.package.replace(/^data\./, "")}.${result.name}`;
  const base = { kind: "rule", path: result.path, line: result.line, durationMs: result.durationNs / 1e6 } as const;
  const { outcome, failedAt, error, output } = result;
  const sides = failedAt === undefined ? {} : expectation(failedAt);
  const reasons = [
    ...(error === undefined ? [] : [error.message]),
    ...(failedAt === undefined ? [] : [`line ${failedAt.line} is not true: ${failedAt.text}`, ...inWords(failedAt)]),
    ...(result.cases ?? []).filter((one) => one.outcome === "fail").map((one) => `case ${one.name} failed`),
    ...(outcome === "skip" ? ["its name starts with todo_"] : []),
  ];
  return { ...base, name, outcome, reasons, ...sides, ...(output === undefined || output === "" ? {} : { output }) };
}

const EQUAL = new Set(["==", "="]);

/** Of an equality: the constant side is what was expected, else the right one. */
function expectation({ operator, values = [] }: FailedAt): Pick<TestOutcome, "expected" | "got"> {
  const [left, right] = values;
  if (left === undefined || right === undefined || operator === undefined || !EQUAL.has(operator)) return {};
  const [got, expected] = left.constant === true && right.constant !== true ? [right, left] : [left, right];
  return { expected: shown(expected), got: shown(got) };
}

function inWords(failedAt: FailedAt): readonly string[] {
  const { expected, got } = expectation(failedAt);
  if (expected !== undefined) return [`expected ${expected}`, `got      ${got}`];
  return (failedAt.values ?? [])
    .filter(({ constant }) => constant !== true)
    .map((value) => `${value.text} is ${shown(value)}`);
}

function shown({ value }: TermValue): string {
  return value ?? "undefined";
}

/** Errors as text; what one file says again and again is one entry at the first place. */
export function errorsInWords(errors: readonly RegoError[], regoVersion: "v0" | "v1"): readonly string[] {
  const groups = new Map<string, RegoError[]>();
  for (const error of errors) {
    const key = JSON.stringify([error.path, error.code, error.message]);
    groups.set(key, [...(groups.get(key) ?? []), error]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { path, line, column, code, message } = first;
    if (path === "") return [message];
    const more = group.length === 1 ? "" : ` (and ${group.length - 1} more like it in this file)`;
    return [`${path}:${line}:${column}: ${code}: ${message}${versionHint(first, regoVersion)}${more}`];
  });
}

/** What tests replace and `check` refuses, so that a policy whose tests pass does not surprise. */
export function refusedInWords(refused: readonly RegoError[]): readonly string[] {
  return refused.map(
    ({ path, line, message }) =>
      `${path}:${line}: \`check\` refuses this policy: ${message.replace(/ \(a test .*/, "")}`,
  );
}
