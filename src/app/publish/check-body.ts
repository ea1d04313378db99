import type { Annotation, Output } from "../../github/checks.ts";
import type { Config } from "../../model/config.ts";
import type { Report } from "../../model/report.ts";
import { checkRunBody } from "../../report/check-run.ts";
import { escapeMarkdown } from "../../report/escape-markdown.ts";
import { blocksBy } from "../../report/format.ts";
import { fitUtf8 } from "../../report/utf8.ts";
import type { Head } from "../../store/heads.ts";

/** The limits of GitHub. Counted in bytes, which is stricter. */
const LONGEST_TITLE = 255;
const LONGEST_SUMMARY = 65_535;

/** What a check run is concluded with. */
export interface Body {
  readonly conclusion: "success" | "failure";
  readonly output: Output;
  readonly annotations: readonly Annotation[];
}

/** The body of a check run for a report whose lines are those of the head. `block` comes from the rules in force. */
export function bodyOf(report: Report, notes: readonly string[], block: Config["block"]): Body {
  const body = checkRunBody(report, { notes, blocks: blocksBy({ failOn: "deny", block }) });
  return {
    conclusion: body.conclusion,
    output: { title: body.title, summary: body.summary },
    annotations: body.annotations.map((annotation) => ({
      path: annotation.path,
      start_line: annotation.startLine,
      end_line: annotation.endLine,
      annotation_level: annotation.level,
      title: annotation.title,
      message: annotation.message,
    })),
  };
}

/**
 * The body for a repository that never had a portcullis.yaml on its default branch: it passes, and says that nothing
 * was judged.
 */
export function notEnrolled(branch: string): Body {
  return {
    conclusion: "success",
    output: {
      title: "Not enrolled, nothing judged",
      summary: `There is no \`portcullis.yaml\` on the default branch (\`${branch.replaceAll("`", "")}\`), so nothing was judged. Add one there to enroll this repository.`,
    },
    annotations: [],
  };
}

const MOST_SERVERS_SHOWN = 10;

/** What a check in progress says while servers that it needs do not answer. `deadline` is in seconds. */
export function waitingFor(messages: readonly string[], deadline: number): Output {
  const shown = messages.slice(0, MOST_SERVERS_SHOWN).map((message) => `- ${escapeMarkdown(message)}`);
  const more = messages.length > shown.length ? [`- and ${messages.length - shown.length} more`] : [];
  return {
    title: "Waiting for servers",
    summary: [
      `Servers that hold a part of the desired state do not answer. They are asked again until ${deadline} s after this check was asked for; what is missing then is a problem, which blocks.`,
      "",
      ...shown,
      ...more,
    ].join("\n"),
  };
}

/** The body for a target that could not be judged in time. It blocks. */
export function couldNotEvaluate(reason: string): Body {
  return {
    conclusion: "failure",
    output: {
      title: "Gate could not evaluate",
      summary: `This change could not be judged, so it is blocked: ${reason}.\n\nTo try again, re-run the check or comment \`/portcullis recheck\`.`,
    },
    annotations: [],
  };
}

/** The verdict of a commit: the worst of the pull requests with this head. */
export function worstOf(own: Body, others: readonly Head[]): Body {
  const worse = others.filter((other) => other.conclusion === "failure");
  if (own.conclusion === "failure" || worse.length === 0) return own;
  const where = worse.map((other) => `#${other.pull}`).join(", ");
  return {
    ...own,
    conclusion: "failure",
    output: {
      title: fitUtf8(`This commit fails in ${where}`, LONGEST_TITLE),
      summary: fitUtf8(
        `A check belongs to a commit, and this commit is also the head of ${where}, where it fails. Judged for this pull request alone: ${own.output.title}.\n\n${own.output.summary}`,
        LONGEST_SUMMARY,
      ),
    },
  };
}
