import type { ConfigSource } from "../config/read-config.ts";
import type { BuiltinCheck } from "../model/builtin-check.ts";
import type { Change } from "../model/change.ts";
import type { Config } from "../model/config.ts";
import type { Derived } from "../model/derived.ts";
import type { DocumentParser } from "../model/document-parser.ts";
import type { ReportedProblem } from "../model/finding.ts";
import type { Judge } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import type { Remotes } from "../model/remotes.ts";
import type { Renderer } from "../model/renderer.ts";
import type { JudgedTrees } from "../model/report.ts";
import type { Tree } from "../model/tree.ts";
import type { CheckCache } from "./judged-source.ts";
import type { JudgingThreads } from "./judging/judge-apart.ts";
import type { PassedTree } from "./restoring/passed-tree.ts";
import type { JudgementDeadline, WorkLimits } from "./judging/work-budget.ts";

/** The input of a check: one tree, or the trees before and after a change. */
export interface CheckRequest {
  /** Absent: `after` is judged as it is, and every finding and problem is introduced. */
  readonly before?: Tree;
  readonly after: Tree;
  readonly config: Config;
  /** Where the configuration was read, so that its problems have a line; absent for defaults. */
  readonly configSource?: ConfigSource;
  readonly judge: Judge;
  readonly derived?: Derived;
  /** Policies without Rego. */
  readonly builtins?: readonly BuiltinCheck[];
  /** Absent: nothing is rendered, every file is judged as it stands. */
  readonly renderer?: Renderer;
  /** Parses what `documents:` names; absent only where the configuration names nothing. */
  readonly documentParser?: DocumentParser;
  /** Nothing but documents is judged; `combine`: all of them as one, a list as conftest's `--combine` makes it. */
  readonly documentsAlone?: { readonly combine: boolean };
  /** What servers have; absent: nothing is fetched, whatever the configuration permits. */
  readonly remotes?: Remotes;
  /** URLs under which this repository is known, besides those of the configuration. */
  readonly repositories?: readonly string[];
  /** Names of the branch that the trees belong to; absent: unknown. */
  readonly branches?: readonly string[];
  /** The job's time, RFC 3339; the judge was made with the same. */
  readonly now: string;
  readonly judged: JudgedTrees;
  /** Files and directories of the tree that a person named; only these are judged. A file named here is in scope whatever its extension. */
  readonly paths?: readonly string[];
  /** Problems found on the way here (configuration, policies); introduced, unless they say that they were there before. */
  readonly problems?: readonly (Problem & Partial<Pick<ReportedProblem, "status">>)[];
  /** Files below the paths of the policies that are not policies. */
  readonly unusedPolicies?: readonly string[];
  /** The tree whose waivers count; absent: `before`, or `after` where no change is judged. */
  readonly trusted?: Tree;
  /** Digests (`ReportedWaiver`) of waivers that the change proposes and that have been approved for it: they count. */
  readonly approved?: readonly string[];
  /** States of the gated branch that passed and that the change may restore, newest first. */
  readonly passed?: readonly PassedTree[];
  /** Which level blocks; default `deny`. Problems block whatever it says. */
  readonly failOn?: "deny" | "warn" | "never";
  /** Nothing to judge is no problem. */
  readonly allowEmpty?: boolean;
  readonly cache?: CheckCache;
  /** Judge files beside this thread; absent: this thread judges all. */
  readonly threads?: JudgingThreads;
  /** Other limits of the judgement's work than the defaults. */
  readonly limits?: Partial<WorkLimits>;
  /** Absent: it may take any time. */
  readonly deadline?: JudgementDeadline;
  /** The difference that a change makes to one object, as text for the report; absent: none is shown. */
  readonly diff?: (change: Change) => string;
  /** Told of work done, for a progress line: files and sources judged so far, of all. */
  readonly onProgress?: (done: number, total: number) => void;
}
