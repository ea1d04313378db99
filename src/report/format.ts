import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Level } from "../model/policy.ts";
import type { Report } from "../model/report.ts";

/** The text of a 1-based line of a file of the tree after, without its end; undefined where it cannot be read. */
export type ReadLine = (path: string, line: number) => string | undefined;

/** The URL of a file of the tree after, at a 1-based line; undefined where there is none. */
export type LinkTo = (path: string, line: number | undefined) => string | undefined;

/** Whether this finding or problem alone blocks, or would if the run were not report-only. */
export type Blocks = (of: Finding | ReportedProblem) => boolean;

/** The command line that writes a waiver for the finding with a fingerprint. */
export type WaiveCommand = (fingerprint: string) => string;

/** What a format may need besides the report. */
export interface FormatOptions {
  readonly readLine: ReadLine;
  readonly colour: boolean;
  /** The terminal's width in cells; absent: not a terminal, and lines are not wrapped. */
  readonly columns?: number;
  /** Existing and fixed findings are listed in full instead of counted. */
  readonly showAll: boolean;
  readonly blocks: Blocks;
  /** The command line that writes a waiver for a finding; absent: none is told. */
  readonly waive?: WaiveCommand;
}

/** A report as text that ends with a line break. */
export type Format = (report: Report, options: FormatOptions) => string;

/** Which level blocks, and whether findings that were there before the change block too. */
export interface Blocking {
  readonly failOn: "deny" | "warn" | "never";
  readonly block: "introduced" | "all";
}

const BLOCKING_LEVELS: { readonly [failOn in Blocking["failOn"]]: readonly Level[] } = {
  deny: ["deny"],
  warn: ["deny", "warn"],
  never: [],
};

/** The predicate for `FormatOptions.blocks`; a problem blocks at any level, and nothing does that is waived. */
export function blocksBy({ failOn, block }: Blocking): Blocks {
  const levels = BLOCKING_LEVELS[failOn];
  return (of) =>
    of.waiver === undefined &&
    ("stage" in of || levels.includes(of.level)) &&
    (of.status === "introduced" || (block === "all" && of.status === "existing"));
}

/** What blocks by default. */
export const blocksByDefault = blocksBy({ failOn: "deny", block: "introduced" });
