import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Level } from "../model/policy.ts";
import type { Report } from "../model/report.ts";

/** The text of a 1-based line of a file of the tree after, without its end; undefined where it cannot be read. */
export type ReadLine = (path: string, line: number) => string | undefined;

/** Whether this finding or problem alone blocks, or would if the run were not report-only. */
export type Blocks = (of: Finding | ReportedProblem) => boolean;

/** What a format may need besides the report. */
export interface FormatOptions {
  readonly readLine: ReadLine;
  readonly colour: boolean;
  /** Existing and fixed findings are listed in full instead of counted. */
  readonly showAll: boolean;
  readonly blocks: Blocks;
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

/** The predicate for `FormatOptions.blocks`; a problem blocks at any level. */
export function blocksBy({ failOn, block }: Blocking): Blocks {
  const levels = BLOCKING_LEVELS[failOn];
  return (of) =>
    ("stage" in of || levels.includes(of.level)) &&
    (of.status === "introduced" || (block === "all" && of.status === "existing"));
}

/** What blocks by default. */
export const blocksByDefault = blocksBy({ failOn: "deny", block: "introduced" });
