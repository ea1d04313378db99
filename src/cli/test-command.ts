import { belowThreshold, type TestRun } from "../report/tests/test-run.ts";
import { testFormats, type TestFormatName } from "../report/tests/formats.ts";
import { coloured } from "./coloured.ts";
import { progressLine } from "./progress.ts";
import { runTests } from "./run-tests.ts";
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
  readonly threshold?: string;
  readonly watch?: boolean;
  readonly output: TestFormatName;
}

/** Runs `portcullis test`: results on stdout. Returns the exit code; with `--watch` when it is interrupted. */
export async function testCommand(named: readonly string[], options: TestOptions): Promise<number> {
  const threshold = thresholdOf(options.threshold);
  const { run: pattern, ...rest } = options;
  const request = {
    ...rest,
    named,
    coverage: options.coverage === true || threshold !== undefined,
    ...(pattern === undefined ? {} : { run: patternOf(pattern) }),
  };
  const once = async (watch?: Watch): Promise<number> => {
    const progress = progressLine(process.stderr, "compiling and testing");
    const run = await runTests(request, watch).finally(() => progress.end());
    const complete: TestRun =
      threshold === undefined || run.coverage === undefined
        ? run
        : { ...run, coverage: { ...run.coverage, threshold } };
    const format = await testFormats[options.output]();
    const colour = coloured(process.stdout);
    await new Promise<void>((done) => process.stdout.write(format(complete, { colour }), () => done()));
    return exitCode(complete);
  };
  if (options.watch !== true) return once();
  const { watchAndRepeat } = await import("./watch.ts");
  return watchAndRepeat(once);
}

function exitCode(run: TestRun): number {
  if (run.problems.length > 0 || run.outcomes.length === 0) return 2;
  if (run.outcomes.some(({ outcome }) => outcome === "error")) return 2;
  return run.outcomes.some(({ outcome }) => outcome === "fail") || belowThreshold(run) ? 1 : 0;
}

function thresholdOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const threshold = Number(given);
  if (given.trim() === "" || !(threshold >= 0 && threshold <= 100))
    throw new UsageError(`--threshold ${given}: expected a percentage from 0 to 100`);
  return threshold;
}

function patternOf(given: string): RegExp {
  try {
    return new RegExp(given);
  } catch (error) {
    throw new UsageError(`--run: ${(error as Error).message}`);
  }
}
