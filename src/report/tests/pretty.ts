import picocolors from "picocolors";
import { inert, inertLines } from "../inert-text.ts";
import { count } from "../wording.ts";
import { belowThreshold, type CoverageOfFile, type TestOutcome, type TestRun } from "./test-run.ts";

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
  const gaps = run.coverage.files.filter(({ notCovered }) => notCovered.length > 0);
  return [
    [
      `coverage ${percent(run.coverage.percentage)}${gaps.length === 0 ? "" : `; lines no test reached:`}`,
      ...gaps.map((file) =>
        paint.dim(`  ${percent(file.percentage).padStart(7)}  ${inert(file.path)}:${rangesOf(file)}`),
      ),
    ],
  ];
}

function rangesOf(file: CoverageOfFile): string {
  return file.notCovered.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/** Never rounded up: 99.96 % is not all of it. */
function percent(value: number): string {
  return `${Math.floor(value * 10) / 10} %`;
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
  const fixtures = run.outcomes.filter(({ kind }) => kind === "fixture").length;
  const what = `${count(run.outcomes.length - fixtures, "test rule")}, ${count(fixtures, "fixture")}`;
  const { coverage } = run;
  const short = belowThreshold(run)
    ? `; coverage ${percent(coverage?.percentage ?? 0)} is below ${coverage?.threshold} %`
    : "";
  const paintIt =
    bad > 0 || short !== "" || run.problems.length > 0
      ? paint.red
      : run.outcomes.length === 0
        ? paint.yellow
        : paint.green;
  return `${paint.bold(paintIt(run.outcomes.length === 0 ? "no test was run" : facts))} (${what})${short}`;
}
