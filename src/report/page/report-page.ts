import type { Excerpt } from "../source-excerpt.ts";
import type { Level } from "../../model/policy.ts";
import type { Counts, JudgedTrees, ManifestChange, Report, ReportedSource } from "../../model/report.ts";
import type { ReportedProblem } from "../../model/finding.ts";
import type { UsedRemote } from "../../model/source.ts";

/** The result of one check run as its page shows it: bounded plain data, which a store keeps and later versions read. */
export interface ReportPage {
  readonly version: 1;
  /** The title of the check run. */
  readonly title: string;
  readonly conclusion: "success" | "failure";
  /** The name of the check run. */
  readonly check: string;
  /** `owner/name`, and its address. */
  readonly repository: { readonly name: string; readonly url: string };
  readonly pull?: number;
  readonly baseRef: string;
  readonly head: string;
  /** The commit that the head was compared with. */
  readonly base?: string;
  /** Sentences, such as which rules were in force and why. */
  readonly notes: readonly string[];
  /** Absent where nothing was judged. */
  readonly report?: ShownReport;
}

/** The items that are shown, of all that there are. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** What a page shows of a report. */
export interface ShownReport extends Pick<Report, "verdict" | "mode" | "now" | "policies"> {
  readonly judged: JudgedTrees;
  readonly counts: Counts;
  /** `41 manifests in 12 files`. */
  readonly scope: string;
  /** What the policies of the findings that are shown say about themselves. */
  readonly described: readonly PolicyText[];
  readonly blocking: Listed<ShownFinding>;
  readonly warnings: Listed<ShownFinding>;
  readonly existing: Listed<ShownFinding>;
  readonly fixed: Listed<ShownFinding>;
  /** What waivers cover, and the waivers that somebody should look at; absent in pages of versions without waivers. */
  readonly waived?: Listed<ShownFinding>;
  readonly waivedProblems?: Listed<ShownProblem>;
  readonly waivers?: Listed<string>;
  /** What blocks or the change brings, and what was there before. */
  readonly problems: Listed<ShownProblem>;
  readonly oldProblems: Listed<ShownProblem>;
  readonly gaps: Listed<Grouped>;
  readonly oldGaps: Listed<Grouped>;
  readonly skipped: Listed<Grouped>;
  readonly oldSkipped: Listed<Grouped>;
  readonly matrix: Listed<MatrixLine>;
  readonly matrixPolicies: readonly string[];
  readonly changes: Listed<ShownChange>;
  readonly changesLine?: string;
  readonly remoteChanges: Listed<string>;
  readonly stale: Listed<string>;
  readonly remotes: Listed<Pick<UsedRemote, "reference" | "version" | "digest" | "source" | "stale">>;
  readonly sources: Listed<Pick<ReportedSource, "id" | "kind" | "path" | "line" | "environments" | "manifests">>;
  readonly files: Listed<{ readonly path: string; readonly manifests: number }>;
  readonly unknownKinds: Listed<{ readonly kind: string; readonly manifests: number }>;
}

/** What a policy says about itself. */
export interface PolicyText {
  readonly id: string;
  readonly title?: string;
  readonly description?: string;
  readonly docs?: string;
}

/** A finding, with the line that GitHub shows. */
export interface ShownFinding {
  readonly policy: string;
  readonly level: Level;
  readonly message: string;
  readonly changed?: true;
  readonly manifest: string;
  readonly path: string;
  readonly line: number;
  readonly circumstances: readonly string[];
  readonly excerpt?: Excerpt;
}

/** Problems with the same message, and where. */
export interface ShownProblem extends Pick<ReportedProblem, "stage" | "status" | "message"> {
  readonly blocks: boolean;
  readonly places: Listed<{ readonly path?: string; readonly line?: number }>;
}

/** Files or sources with the same reason why they were not judged. */
export interface Grouped {
  readonly reason: string;
  readonly of: Listed<string>;
}

/** The change of one object. */
export interface ShownChange extends Pick<ManifestChange, "kind" | "diff"> {
  readonly manifest: string;
  readonly notes: readonly string[];
}

/** One row of the matrix, with a cell for each of its policies. */
export interface MatrixLine {
  readonly environments: readonly string[];
  readonly cells: readonly string[];
}
