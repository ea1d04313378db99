import type { Blocks } from "./format.ts";
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { inert, inertLines } from "./inert-text.ts";
import { circumstancesOf } from "./landing.ts";
import { fitUtf8 } from "./utf8.ts";
import { isWaived } from "./waivers.ts";
import { subjectOf, worstFirst } from "./wording.ts";

/** One annotation of a check run, within GitHub's limits. Lines are of the tree after, 1-based and inclusive. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
}

const TITLE_LIMIT = 255;
const MESSAGE_LIMIT = 64 * 1024;
const RANK = { failure: 0, warning: 1, notice: 2 } as const;

/**
 * The annotations for what this change introduced, worst first: blocking findings and introduced problems are failures,
 * what would block if the run were not report-only is a warning, everything else a notice. Each says how to comply, and the
 * first of each documentation page links to it. Each covers one line, since GitHub shows an annotation under the last
 * line of its range.
 */
export function annotationsOf(report: Report, blocks: Blocks): readonly Annotation[] {
  const problems = report.problems.flatMap((problem): readonly Annotation[] => {
    if (!blocks(problem) || problem.path === undefined) return [];
    const level = report.mode === "report" ? "warning" : "failure";
    return [
      annotation(problem.path, problem.line ?? 1, level, `could not be judged (${problem.stage})`, problem.message),
    ];
  });
  const linked = new Set<string>();
  const findings = worstFirst(report.findings, blocks)
    .filter((finding) => !isWaived(finding) && (finding.status === "introduced" || blocks(finding)))
    .map((finding) => {
      const title = finding.title === undefined ? finding.policy : `${finding.policy}: ${finding.title}`;
      const help = [finding.description, firstOf(linked, finding.docs)].filter((text) => text !== undefined);
      const circumstances = circumstancesOf(finding).join("; ");
      const message = [
        `${subjectOf(finding)}: ${finding.message}`,
        ...(circumstances === "" ? [] : [circumstances]),
        ...help,
      ].join("\n");
      return annotation(finding.location.path, finding.location.line, levelOf(report, finding, blocks), title, message);
    });
  return [...problems, ...findings].toSorted((a, b) => RANK[a.level] - RANK[b.level]);
}

/** The text, unless it is among those that were said. */
function firstOf(said: Set<string>, text: string | undefined): string | undefined {
  if (text === undefined || said.has(text)) return undefined;
  said.add(text);
  return text;
}

function levelOf(report: Report, finding: Finding, blocks: Blocks): Annotation["level"] {
  if (!blocks(finding)) return "notice";
  return report.mode === "report" ? "warning" : "failure";
}

function annotation(
  path: string,
  line: number,
  level: Annotation["level"],
  title: string,
  message: string,
): Annotation {
  return {
    path,
    startLine: line,
    endLine: line,
    level,
    title: fitUtf8(inert(title), TITLE_LIMIT),
    message: fitUtf8(inertLines(message).join("\n") || "(no message)", MESSAGE_LIMIT),
  };
}
