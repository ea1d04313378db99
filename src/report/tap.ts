import type { Report } from "../model/report.ts";
import type { FormatOptions } from "./format.ts";
import { inert, inertLines } from "./inert-text.ts";
import { environmentsOf } from "./landing.ts";
import { outcomesOf, type Outcome } from "./outcomes.ts";
import { waiverNote } from "./waivers.ts";
import { count, subjectOf } from "./wording.ts";

/** The report as TAP 14: what does not block is `not ok … # TODO`, which harnesses count as known; a skipped file is `# SKIP`. */
export function tap(report: Report, options: FormatOptions): string {
  const outcomes = outcomesOf(report, options.blocks);
  const lines = ["TAP version 14", outcomes.length === 0 ? "1..0 # SKIP nothing was judged" : `1..${outcomes.length}`];
  outcomes.forEach((outcome, at) => lines.push(...point(at + 1, outcome)));
  return `${lines.join("\n")}\n`;
}

function point(number: number, outcome: Outcome): readonly string[] {
  switch (outcome.kind) {
    case "clean":
      return [
        `ok ${number} - ${describe(`${outcome.path}: ${count(outcome.file.manifests, "manifest")} without a finding`)}`,
      ];
    case "skipped":
      return [`ok ${number} - ${describe(outcome.path)} # SKIP ${describe(outcome.skipped.reason)}`];
    case "finding": {
      const { finding, blocks } = outcome;
      const { path, line, column } = finding.location;
      const todo = blocks
        ? ""
        : finding.waiver !== undefined
          ? ` # TODO ${describe(waiverNote(finding.waiver))}`
          : ` # TODO ${finding.status === "existing" ? "existing " : ""}${finding.level}, does not block`;
      return [
        `not ok ${number} - ${describe(`${path}:${line} ${finding.policy}`)}${todo}`,
        ...diagnostic({
          message: finding.message,
          level: finding.level,
          status: finding.status,
          policy: finding.policy,
          manifest: subjectOf(finding),
          environments: environmentsOf(finding).join(", ") || undefined,
          sources: finding.sources?.join(", ") || undefined,
          path,
          line,
          column,
          docs: finding.docs,
        }),
      ];
    }
    case "problem": {
      const { problem } = outcome;
      const todo = outcome.blocks
        ? ""
        : problem.waiver === undefined
          ? " # TODO existing problem, does not block"
          : ` # TODO ${describe(waiverNote(problem.waiver))}`;
      return [
        `not ok ${number} - ${describe(`${outcome.path}: could not be judged`)}${todo}`,
        ...diagnostic({
          message: problem.message,
          stage: problem.stage,
          status: problem.status,
          path: problem.path,
          line: problem.line,
          column: problem.column,
        }),
      ];
    }
    default:
      return outcome satisfies never;
  }
}

/** A YAML block of double-quoted scalars, which for the characters that `inert` leaves is the same as JSON. */
export function diagnostic(facts: { readonly [key: string]: string | number | undefined }): readonly string[] {
  const lines = Object.entries(facts).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [`  ${key}: ${typeof value === "number" ? value : JSON.stringify(inertLines(value).join("\n"))}`];
  });
  return ["  ---", ...lines, "  ..."];
}

/** Text from outside as the description of a test point. */
export function describe(text: string): string {
  return inert(text).replaceAll("\\", "\\\\").replaceAll("#", "\\#");
}
