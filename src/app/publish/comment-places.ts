import type { ReviewComment } from "../../github/reviews.ts";
import type { Config } from "../../model/config.ts";
import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import { blocksBy } from "../../report/format.ts";
import { reviewComment } from "../../report/review-comment.ts";
import { worstFirst } from "../../report/wording.ts";
import type { LineMap, LineRange } from "../mirror/hunks.ts";

/** Findings at one line of the head. */
export interface CommentPlace {
  readonly path: string;
  readonly line: number;
  readonly findings: readonly Finding[];
}

/** What decides which findings are comments, and how they read. */
interface Rules {
  readonly report: Report;
  readonly comments: Exclude<Config["comments"], "off">;
  readonly block: Config["block"];
}

const MOST_AT_ONE_PLACE = 50;

/** The findings that ask for a comment, by fingerprint, what blocks first. */
export function commentable({ report, comments, block }: Rules): ReadonlyMap<string, Finding> {
  const blocks = blocksBy({ failOn: "deny", block });
  const asked = report.findings.filter((finding) => {
    if (finding.status === "fixed" || finding.waiver !== undefined || finding.policy === "portcullis/rules")
      return false;
    if (blocks(finding)) return report.mode === "enforce" || comments === "all";
    return comments === "all" && finding.status === "introduced" && finding.level !== "info";
  });
  const found = new Map<string, Finding>();
  for (const finding of worstFirst(asked, blocks))
    if (!found.has(finding.fingerprint)) found.set(finding.fingerprint, finding);
  return found;
}

/** The places of findings whose lines the head has and the diff shows: GitHub takes comments on no others. */
export function placesOf(
  findings: readonly Finding[],
  lines: LineMap,
  shown: ReadonlyMap<string, readonly LineRange[]>,
): readonly CommentPlace[] {
  const places = new Map<string, CommentPlace>();
  for (const finding of findings) {
    const { path } = finding.location;
    const { line, exact } = lines(path, finding.location.line);
    const isShown = shown.get(path)?.some((range) => range.from <= line && line <= range.to) ?? false;
    if (!exact || !isShown) continue;
    const key = JSON.stringify([path, line]);
    const known = places.get(key) ?? { path, line, findings: [] };
    if (known.findings.length < MOST_AT_ONE_PLACE)
      places.set(key, { ...known, findings: [...known.findings, finding] });
  }
  return [...places.values()];
}

/** The comment on what was found at a place. */
export function commentOn({ path, line, findings }: CommentPlace, { report, block }: Rules): ReviewComment {
  const blocks = blocksBy({ failOn: "deny", block });
  const body = reviewComment(findings, (finding) =>
    blocks(finding) ? (report.mode === "report" ? "would block" : "blocks") : "warns",
  );
  return { path, line, body };
}
