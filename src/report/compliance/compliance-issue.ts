import type { Because, Failing, StandingWaiver, StoredStanding } from "../../model/standing.ts";
import { codeSpan, escapeMarkdown, linkedCode } from "../escape-markdown.ts";
import { fitUtf8 } from "../utf8.ts";
import { count } from "../wording.ts";

/** The title of the issue about what a repository's gated branches show. */
export const COMPLIANCE_ISSUE_TITLE = "Portcullis: what fails, what is waived and what ends soon";

/** GitHub accepts 65,536 characters. */
const LONGEST = 65_000;

/** Rows of one table; the rest is counted. */
const MOST_ROWS = 50;

/** The links of one repository. */
export interface IssueLinks {
  /** A line of a file at a commit. */
  readonly file: (commit: string, path: string, line?: number) => string | undefined;
  /** What lies between two commits. */
  readonly between: (from: string, to: string) => string;
}

/**
 * The text of the issue: for each branch what somebody should look at. It says no time and no commit by itself, so that
 * it differs only where something is different. All text of the repository is escaped.
 */
export function complianceIssue(standings: readonly StoredStanding[], links: IssueLinks): string {
  const sections = standings.map((stored) => branchSection(stored, links));
  return fitUtf8(
    [
      "Portcullis judges the gated branches of this repository every night, and when their rules change, whether or not anybody opens a pull request. This issue is edited when something is different, and closed when nothing fails and nothing ends soon. `compliance: { issue: false }` in portcullis.yaml switches it off.",
      ...sections,
    ].join("\n\n"),
    LONGEST,
  );
}

function branchSection({ branch, commit, standing }: StoredStanding, links: IssueLinks): string {
  const { waivers, controls, policies, ending, problems, unjudged } = standing;
  const at = (path: string, line: number): string => linkedCode(`${path}:${line}`, links.file(commit, path, line));
  const waiverTable = (title: string, when: string, rows: readonly StandingWaiver[]) =>
    table(
      title,
      ["waiver", "covers", when, "ticket", "owner", "reason"],
      rows.map(({ path, line, what, expires, ticket = "", owner = "", reason, covers }) => [
        at(path, line),
        `${codeSpan(what)} (${covers})`,
        expires,
        escapeMarkdown(ticket),
        escapeMarkdown(owner),
        escapeMarkdown(reason),
      ]),
    );
  const failing = (title: string, head: string, all: { readonly [id: string]: Failing }) =>
    table(
      title,
      [head, "findings", "since", "what changed then"],
      Object.entries(all).map(([id, { findings, since, because }]) => [
        codeSpan(id),
        String(findings),
        since.slice(0, 10),
        because.map((one) => causeText(one, links)).join(", "),
      ]),
    );
  const counts = [
    `${count(controls.satisfied, "control")} satisfied`,
    `${Object.keys(controls.waived).length} satisfied by exception`,
    `${Object.keys(controls.failing).length} not satisfied`,
    `${controls.undetermined} undetermined`,
    `${count(waivers.inForce, "waiver")} in force`,
  ];
  const parts = [
    `## ${codeSpan(branch)}`,
    `${counts.join(", ")}.`,
    waiverTable("Waivers that have expired", "expired", waivers.expired),
    waiverTable("Waivers that expire soon", "expires", waivers.expiring),
    table(
      "Waivers that cover nothing",
      ["waiver", "covers"],
      waivers.unused.map(({ path, line, what }) => [at(path, line), codeSpan(what)]),
    ),
    failing("Policies that fail", "policy", policies),
    failing("Controls that are not satisfied", "control", controls.failing),
    table(
      "API versions that end",
      ["what", "objects", "first"],
      ending.map(({ message, objects, path, line }) => [escapeMarkdown(message), String(objects), at(path, line)]),
    ),
    table(
      "What could not be judged",
      ["where", "why"],
      problems.map(({ path, line = 1, message }) => [
        path === undefined ? "" : at(path, line),
        escapeMarkdown(message),
      ]),
    ),
    unjudged.gaps === 0 ? "" : `${count(unjudged.gaps, "source")} or parts of sources were not rendered.`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function causeText(because: Because, { between }: IssueLinks): string {
  switch (because.kind) {
    case "first":
      return "it was judged for the first time";
    case "commits":
      return `commits ${linkedCode(`${because.from.slice(0, 12)}...${because.to.slice(0, 12)}`, between(because.from, because.to))}`;
    case "rules":
      return `rules ${linkedCode(`${because.from.slice(0, 12)}...${because.to.slice(0, 12)}`, between(because.from, because.to))}`;
    case "waiver":
      return `the waiver ${codeSpan(`${because.path}:${because.line}`)} expired on ${because.expires}`;
    case "time":
      return "neither commits nor rules: what servers have, or a date";
    default:
      return because satisfies never;
  }
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const more = rows.length > MOST_ROWS ? [`and ${rows.length - MOST_ROWS} more`] : [];
  return [
    `**${title}**`,
    "",
    row(head),
    row(head.map(() => "---")),
    ...rows.slice(0, MOST_ROWS).map(row),
    ...more.flatMap((line) => ["", line]),
  ].join("\n");
}
