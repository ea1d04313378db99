import type { TestOutcome } from "../../model/test-outcome.ts";

/** The coverage of one file. */
export interface CoverageOfFile {
  readonly path: string;
  readonly percentage: number;
  readonly notCovered: readonly { readonly from: number; readonly to: number }[];
  /** How often each line with expressions was evaluated. */
  readonly lines: readonly { readonly line: number; readonly hits: number }[];
  /** How often each body of a rule held. */
  readonly rules: readonly { readonly name: string; readonly line: number; readonly hits: number }[];
}

/** The coverage of all policies, and what is required of it, in percent. */
export interface Coverage {
  readonly percentage: number;
  readonly files: readonly CoverageOfFile[];
  readonly threshold?: number;
  readonly thresholdPerPolicy?: number;
}

/** All outcomes of one run of `portcullis test`, as plain data. */
export interface TestRun {
  readonly outcomes: readonly TestOutcome[];
  /** Problems that kept tests from running, as `path:line: message`. */
  readonly problems: readonly string[];
  /** What is no failure and should be known. */
  readonly notes?: readonly string[];
  readonly coverage?: Coverage;
}

/** Formats a test run as text. */
export type TestFormat = (run: TestRun, options: { readonly colour: boolean }) => string;

/** What is required of coverage and not reached, in words; empty if all is. */
export function missedThresholds({ coverage }: TestRun): readonly string[] {
  if (coverage === undefined) return [];
  const { threshold, thresholdPerPolicy, percentage, files } = coverage;
  return [
    ...(threshold !== undefined && percentage < threshold
      ? [`coverage ${percent(percentage)} is below ${threshold} %`]
      : []),
    ...files
      .filter((file) => thresholdPerPolicy !== undefined && file.percentage < thresholdPerPolicy)
      .map((file) => `coverage of ${file.path} ${percent(file.percentage)} is below ${thresholdPerPolicy} %`),
  ];
}

/** Never rounded up: 99.96 % is not all of it. */
export function percent(value: number): string {
  return `${Math.floor(value * 10) / 10} %`;
}
