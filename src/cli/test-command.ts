import { missedThresholds, type TestRun } from "../report/tests/test-run.ts";
import { testFormats, type TestFormatName } from "../report/tests/formats.ts";
import { coloured } from "./coloured.ts";
import { progressLine } from "./progress.ts";
import { writeCoverage } from "./tests/write-coverage.ts";
import { createTestSession } from "./tests/test-session.ts";
import { UsageError } from "./usage-error.ts";
import type { Watch } from "./watch.ts";

/** The options of `portcullis test`. */
export interface TestOptions {
  readonly policy?: readonly string[];
  readonly data?: readonly string[];
  readonly regoVersion: "v0" | "v1";
  readonly config?: string;
  readonly run?: string;
  readonly coverage?: boolean;
  /** Files that coverage is written to. */
  readonly coverageLcov?: string;
  readonly coverageHtml?: string;
  readonly threshold?: string;
  readonly thresholdPerPolicy?: string;
  readonly watch?: boolean;
  /** What scenarios give is written as what they expect. */
  readonly update?: boolean;
  readonly output: TestFormatName;
  /** The test rules that `conftest verify` runs, with its exit codes. */
  readonly compat?: "conftest";
  /** With `compat`: packages whose tests run. */
  readonly namespace?: readonly string[];
  /** With `compat`. */
  readonly strict?: boolean;
  /** With `compat`, which refuses it. */
  readonly showBuiltinErrors?: boolean;
}

/** Runs `portcullis test`: results on stdout. Returns the exit code; with `--watch` when it is interrupted. */
export async function testCommand(named: readonly string[], options: TestOptions): Promise<number> {
  if (options.compat === "conftest") return (await import("./conftest/verify.ts")).conftestVerify(named, options);
  if (options.namespace !== undefined) throw new UsageError("--namespace needs --compat conftest");
  if (options.strict === true) throw new UsageError("--strict needs --compat conftest");
  const threshold = percentOf("--threshold", options.threshold);
  const thresholdPerPolicy = percentOf("--threshold-per-policy", options.thresholdPerPolicy);
  const required = {
    ...(threshold === undefined ? {} : { threshold }),
    ...(thresholdPerPolicy === undefined ? {} : { thresholdPerPolicy }),
  };
  const { run: pattern, ...rest } = options;
  const session = createTestSession({
    ...rest,
    named,
    coverage:
      options.coverage === true ||
      options.coverageLcov !== undefined ||
      options.coverageHtml !== undefined ||
      Object.keys(required).length > 0,
    again: options.watch === true,
    update: options.update === true,
    ...(pattern === undefined ? {} : { run: patternOf(pattern) }),
  });
  const once = async (watch?: Watch): Promise<number> => {
    const progress = progressLine(process.stderr, "compiling and testing");
    const run = await session.run(watch).finally(() => progress.end());
    const complete: TestRun = run.coverage === undefined ? run : { ...run, coverage: { ...run.coverage, ...required } };
    await writeCoverage(complete, options, (path) => session.textOf(path));
    const format = await testFormats[options.output]();
    const colour = coloured(process.stdout);
    await new Promise<void>((done) => process.stdout.write(format(complete, { colour }), () => done()));
    return exitCode(complete);
  };
  try {
    if (options.watch !== true) return await once();
    const { watchAndRepeat } = await import("./watch.ts");
    return await watchAndRepeat(once);
  } finally {
    session.close();
  }
}

function exitCode(run: TestRun): number {
  if (run.problems.length > 0 || run.outcomes.length === 0) return 2;
  if (run.outcomes.some(({ outcome }) => outcome === "error")) return 2;
  return run.outcomes.some(({ outcome }) => outcome === "fail") || missedThresholds(run).length > 0 ? 1 : 0;
}

function percentOf(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const threshold = Number(given);
  if (given.trim() === "" || !(threshold >= 0 && threshold <= 100))
    throw new UsageError(`${option} ${given}: expected a percentage from 0 to 100`);
  return threshold;
}

function patternOf(given: string): RegExp {
  try {
    return new RegExp(given);
  } catch (error) {
    throw new UsageError(`--run: ${(error as Error).message}`);
  }
}
