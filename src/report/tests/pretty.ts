import picocolors from "picocolors";
import { inert, inertLines } from "../inert-text.ts";
import { count } from "../wording.ts";
import type { TestOutcome } from "../../model/test-outcome.ts";
import { missedThresholds, percent, type CoverageOfFile, type TestRun } from "./test-run.ts";

type Paint = ReturnType<typeof picocolors.createColors>;

/** Only what needs attention is listed; the rest is a count. */
export function prettyTests(run: TestRun, options: { readonly colour: boolean }): string {
  const paint = picocolors.createColors(options.colour);
  const blocks = [
    ...run.outcomes
      .filter(({ outcome }) => outcome === "fail" || outcome === "error")
      .map((one) => outcomeBlock(one, paint)),
    ...run.problems.map((problem) =>
      inertLines(problem).map((line, at) => (at === 0 ? `${paint.magenta("problem")}: ${line}` : `  | ${line}`)),
    ),
    ...(run.notes ?? []).map((note) => [`${paint.cyan("note")}: ${inert(note)}`]),
    ...coverageBlock(run, paint),
    [summary(run, paint)],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function outcomeBlock(one: TestOutcome, paint: Paint): readonly string[] {
  const word = one.outcome === "error" ? paint.magenta("error") : paint.red("fail");
  const place = one.line === undefined ? one.path : `${one.path}:${one.line}`;
  return [
    `${paint.bold(word)}: ${paint.bold(inert(one.name))}`,
    `  ${paint.blue("-->")} ${inert(place)}`,
    ...one.reasons.map((reason) => `  ${paint.blue("=")} ${inert(reason)}`),
    ...(one.output === undefined ? [] : inertLines(one.output).map((line) => `  ${paint.blue("|")} ${line}`)),
  ];
}

function coverageBlock(run: TestRun, paint: Paint): readonly (readonly string[])[] {
  if (run.coverage === undefined) return [];
  const { files, percentage } = run.coverage;
  const rules = files.flatMap((file) => file.rules);
  const reached = rules.filter(({ hits }) => hits > 0).length;
  const gaps = files.filter((file) => file.notCovered.length > 0 || unreached(file).length > 0);
  const of = rules.length === 0 ? "" : `, ${reached} of ${count(rules.length, "rule body", "rule bodies")}`;
  return [
    [
      `coverage ${percent(percentage)}${of}${gaps.length === 0 ? "" : "; what no test reached:"}`,
      ...gaps.flatMap((file) => [
        paint.dim(`  ${percent(file.percentage).padStart(7)}  ${inert(file.path)}:${rangesOf(file)}`),
        ...unreached(file).map(({ name, line }) => paint.dim(`           ${inert(name)} in line ${line} never held`)),
      ]),
    ],
  ];
}

function unreached(file: CoverageOfFile): CoverageOfFile["rules"] {
  return file.rules.filter(({ hits }) => hits === 0);
}

function rangesOf(file: CoverageOfFile): string {
  return file.notCovered.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

function summary(run: TestRun, paint: Paint): string {
  const of = (outcome: TestOutcome["outcome"]) => run.outcomes.filter((one) => one.outcome === outcome).length;
  const bad = of("fail") + of("error");
  const facts = [
    `${of("pass")} passed`,
    `${of("fail")} failed`,
    ...(of("error") > 0 ? [count(of("error"), "error")] : []),
    ...(of("skip") > 0 ? [`${of("skip")} skipped`] : []),
    ...(run.problems.length > 0 ? [count(run.problems.length, "problem")] : []),
  ].join(", ");
  const many = (kind: TestOutcome["kind"]) => run.outcomes.filter((one) => one.kind === kind).length;
  const suites = many("suite");
  const scenarios = many("scenario");
  const what = [
    count(many("rule"), "test rule"),
    count(many("fixture"), "fixture"),
    ...(suites > 0 ? [count(suites, "case", "cases of suites")] : []),
    ...(scenarios > 0 ? [count(scenarios, "scenario")] : []),
  ].join(", ");
  const short = missedThresholds(run)
    .map((one) => `; ${inert(one)}`)
    .join("");
  const paintIt =
    bad > 0 || short !== "" || run.problems.length > 0
      ? paint.red
      : run.outcomes.length === 0
        ? paint.yellow
        : paint.green;
  return `${paint.bold(paintIt(run.outcomes.length === 0 ? "no test was run" : facts))} (${what})${short}`;
}
