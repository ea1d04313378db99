import type { Annotation, Output } from "../../github/checks.ts";
import type { VerdictRecord } from "../../model/audit.ts";
import type { Config } from "../../model/config.ts";
import type { Report } from "../../model/report.ts";
import { checkRunBody, type CheckRunOptions } from "../../report/check-run.ts";
import { escapeMarkdown } from "../../report/escape-markdown.ts";
import { blocksBy } from "../../report/format.ts";
import { fitUtf8 } from "../../report/utf8.ts";
import type { Head } from "../../store/heads.ts";
import type { Trouble } from "../../store/work.ts";
import { verdictRecord } from "./verdict-record.ts";

/** The limits of GitHub. Counted in bytes, which is stricter. */
const LONGEST_TITLE = 255;
const LONGEST_SUMMARY = 65_535;

/** What a check run is concluded with. */
export interface Body {
  readonly conclusion: "success" | "failure";
  readonly output: Output;
  readonly annotations: readonly Annotation[];
  /** The summary without markup, where it is not about a report. */
  readonly plain?: string;
  /** What the audit log keeps of the report; absent where it is not about one. */
  readonly record?: VerdictRecord;
}

/** What the body of a check run has besides the report. `block` comes from the rules in force. */
export interface BodyOptions extends Pick<CheckRunOptions, "notes" | "impact" | "linkTo" | "repeat" | "waive"> {
  readonly block: Config["block"];
}

/** The body of a check run for a report whose lines are those of the head. */
export function bodyOf(report: Report, { block, ...options }: BodyOptions): Body {
  const body = checkRunBody(report, { ...options, blocks: blocksBy({ failOn: "deny", block }) });
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
    record: verdictRecord(report),
  };
}

/** The body for a change that would enroll its repository, judged by the rules that it proposes. */
export function previewOf(body: Body): Body {
  return { ...body, output: { ...body.output, title: fitUtf8(`Preview: ${body.output.title}`, LONGEST_TITLE) } };
}

/** The body for a change that waits for owners: its title says first for whom. */
export function waitingForOwners(body: Body, missing: string | undefined): Body {
  if (missing === undefined) return body;
  const title = `${missing.charAt(0).toUpperCase()}${missing.slice(1)}: ${body.output.title}`;
  return { ...body, output: { ...body.output, title: fitUtf8(title, LONGEST_TITLE) } };
}

/**
 * The body for a repository that never had a portcullis.yaml on its default branch: it passes, and says that nothing
 * was judged.
 */
export function notEnrolled(branch: string): Body {
  const summary = `There is no \`portcullis.yaml\` on the default branch (\`${branch.replaceAll("`", "")}\`), so nothing was judged. Add one there to enroll this repository.`;
  return {
    conclusion: "success",
    output: {
      title: "Not enrolled, nothing judged",
      summary,
    },
    annotations: [],
    plain: summary.replaceAll("`", ""),
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

/** The body for a target that could not be judged: why, and what helps. It blocks. */
export function couldNotEvaluate({ reason, message }: Trouble): Body {
  const { what, help } = EXPLAINED[reason];
  const why = message.startsWith(what) || what === "" ? "" : `${what}: `;
  const said = (shown: string): string =>
    [
      `This change could not be judged, so it is blocked: ${why}${shown}.`,
      ...(help === undefined ? [] : [help]),
      "It is tried again by itself, after growing pauses. To try at once, re-run the check or comment `/portcullis recheck`.",
    ].join("\n\n");
  return {
    conclusion: "failure",
    output: {
      title: "Gate could not evaluate",
      summary: fitUtf8(said(escapeMarkdown(message)), LONGEST_SUMMARY),
    },
    annotations: [],
    plain: fitUtf8(said(message).replaceAll("`", ""), LONGEST_SUMMARY),
  };
}

/** What the reason means to who reads the check, and what they can do. */
const EXPLAINED: {
  readonly [reason in Trouble["reason"]]: { readonly what: string; readonly help?: string };
} = {
  unfetchable: {
    what: "Git could not fetch its commits",
    help: "If the branch was deleted or rewritten, push it again. Else whoever runs Portcullis finds more in its log.",
  },
  permission: { what: "Portcullis lacks a permission" },
  gone: { what: "GitHub does not show Portcullis something that it needs" },
  refused: { what: "GitHub refused a request" },
  unanswered: { what: "GitHub did not answer" },
  archived: { what: "the repository is archived" },
  suspended: { what: "the installation of Portcullis is suspended" },
  uninstalled: { what: "Portcullis is not installed" },
  late: { what: "", help: "If that happens again, the change or the policies are too large for the deadline." },
  crashed: { what: "", help: "Whoever runs Portcullis finds the cause in its log." },
};

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
