import type { HistoryEntry } from "../../../model/standing-history.ts";
import { printable } from "../../print-json.ts";
import { controlCounts, findingsOf } from "./numbers.ts";

/** A judgement as one line of JSON. */
export function jsonHistory({ repository, gated, judged, anew, ended }: HistoryEntry): string {
  const { branch, commit, policies, rules, judgedAt, standing } = judged;
  return `${printable(
    JSON.stringify({
      repository,
      branch,
      gated,
      judgedAt,
      commit,
      rules: { commit: rules, digest: policies },
      verdict: standing.verdict,
      manifests: standing.manifests,
      controls: controlCounts(standing),
      findings: findingsOf(standing),
      failing: { controls: standing.controls.failing, policies: standing.policies },
      waived: { controls: standing.controls.waived, policies: standing.waived },
      anew,
      ended,
      waivers: standing.waivers,
      ending: standing.ending,
      unjudged: standing.unjudged,
      problems: standing.problems,
    }),
  )}\n`;
}
