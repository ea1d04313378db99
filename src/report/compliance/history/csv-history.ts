import type { Failing } from "../../../model/standing.ts";
import type { HistoryEntry } from "../../../model/standing-history.ts";
import { csvRow } from "../../csv-row.ts";
import { inert } from "../../inert-text.ts";
import { causeWords } from "./cause-words.ts";
import { controlCounts, findingsOf } from "./numbers.ts";

/** The first line of a history as CSV. */
export const CSV_HISTORY_HEADER = csvRow([
  "repository",
  "branch",
  "gated",
  "judged",
  "commit",
  "rules",
  "verdict",
  "manifests",
  "satisfied",
  "waived",
  "not satisfied",
  "undetermined",
  "failing policies",
  "findings",
  "waived findings",
  "waivers expiring",
  "waivers expired",
  "API versions ending",
  "problems",
  "gaps",
  "fails anew",
  "fails no more",
]);

/** A judgement as a row of CSV (RFC 4180). */
export function csvHistory({ repository, gated, judged, anew, ended }: HistoryEntry): string {
  const { branch, commit, rules, judgedAt, standing } = judged;
  const controls = controlCounts(standing);
  const findings = findingsOf(standing);
  const numbers = [
    standing.manifests,
    controls.satisfied,
    controls.waived,
    controls.failing,
    controls.undetermined,
    Object.keys(standing.policies).length,
    findings.failing,
    findings.waived,
    standing.waivers.expiring.length,
    standing.waivers.expired.length,
    standing.ending.length,
    standing.unjudged.problems,
    standing.unjudged.gaps,
  ];
  const why = (ids: readonly string[], all: { readonly [id: string]: Failing }): readonly string[] =>
    ids.map((id) => `${id} (${(all[id]?.because ?? []).map(causeWords).join(", ")})`);
  const texts = [repository, branch, gated ? "yes" : "no", judgedAt, commit, rules, standing.verdict];
  const lists = [
    [...why(anew.controls, standing.controls.failing), ...why(anew.policies, standing.policies)],
    [...ended.controls, ...ended.policies],
  ];
  return csvRow([...texts, ...numbers.map(String), ...lists.map((list) => list.join("; "))].map(inert));
}
