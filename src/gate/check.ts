import type { Config } from "../model/config.ts";
import type { Judge } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import type { Judged, Report } from "../model/report.ts";
import type { Tree } from "../model/tree.ts";
import type { ConfigSource } from "../config/read-config.ts";
import type { JudgedFileCache } from "./cache.ts";

/** What one judgement of one pair of trees needs. */
export interface CheckRequest {
  /** Absent: `after` is judged as it is, and every finding and problem is introduced. */
  readonly before?: Tree;
  readonly after: Tree;
  readonly config: Config;
  /** Where the configuration was read, so that its problems have a line; absent for defaults. */
  readonly configSource?: ConfigSource;
  readonly judge: Judge;
  /** The job's time, RFC 3339; the judge was made with the same. */
  readonly now: string;
  readonly judged: Judged;
  /** Files and directories of the tree that a person named; only these are judged. A file named here is in scope whatever its extension. */
  readonly paths?: readonly string[];
  /** Problems found on the way here (configuration, policies); they are always introduced. */
  readonly problems?: readonly Problem[];
  /** Which level blocks; default `deny`. Problems block whatever it says. */
  readonly failOn?: "deny" | "warn" | "never";
  /** Nothing to judge is no problem. */
  readonly allowEmpty?: boolean;
  readonly cache?: JudgedFileCache;
  /** Told of work done, for a progress line: files judged so far, of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Judges the tree after a change against the tree before it. Never rejects for what stands in the trees: that is a problem of the report. */
export async function check(request: CheckRequest): Promise<Report> {
  throw new Error(`not yet: ${request.after.name}`);
}
