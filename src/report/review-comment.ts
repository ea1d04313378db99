import type { Finding } from "../model/finding.ts";
import { codeBlock, codeSpan, docsLink, escapeMarkdown, escapeProse } from "./escape-markdown.ts";
import { inert } from "./inert-text.ts";
import { circumstancesOf } from "./landing.ts";
import { fitUtf8, utf8Length } from "./utf8.ts";
import { count } from "./wording.ts";

/** Below the limit of GitHub for a comment, with room for the notes and marks. */
const LONGEST_BODY = 48_000;
const LONGEST_TEXT = 4_000;
const SHORTEST_TEXT = 200;
/** A longer line is better changed in an editor. */
const LONGEST_SUGGESTION = 4_000;

/** What the findings at one place do, for the first words of a comment. */
export type Standing = (finding: Finding) => "blocks" | "would block" | "warns";

const WORDS = { blocks: "Blocks", "would block": "Would block", warns: "Warning" } as const;

/** The text of a comment on the findings at one place: each policy once, with what it asks for and how to comply. */
export function reviewComment(findings: readonly Finding[], standing: Standing): string {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = JSON.stringify([standing(finding), finding.policy, finding.title, finding.description, finding.docs]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [finding]);
    else known.push(finding);
  }
  const parts: string[] = [];
  let [told, used] = [0, 0];
  for (const of of groups.values()) {
    const part = fittingPart(of, standing);
    used += utf8Length(part) + 2;
    if (parts.length > 0 && used > LONGEST_BODY) break;
    parts.push(part);
    told += of.length;
  }
  const rest = findings.length - told;
  return [
    ...parts,
    ...(rest === 0 ? [] : [`…and ${count(rest, "more finding")} on this line: see the check.`]),
    ...suggestionOf(findings),
    markers(findings.map(({ fingerprint }) => fingerprint)),
  ].join("\n\n");
}

/** The suggested change of the line, if the findings have one: GitHub offers a button that commits it. */
function suggestionOf(findings: readonly Finding[]): readonly string[] {
  const [suggestion] = findings.flatMap((finding) => (finding.suggestion === undefined ? [] : [finding.suggestion]));
  if (suggestion === undefined) return [];
  // What is shown must be what is committed.
  if (utf8Length(suggestion.join("\n")) > LONGEST_SUGGESTION || suggestion.some((line) => inert(line) !== line))
    return [];
  return [codeBlock("suggestion", suggestion)];
}

/** A part whose texts are cut so far that it fits: to be made harmless, a text may need many times its own bytes. */
function fittingPart(findings: readonly [Finding, ...Finding[]], standing: Standing): string {
  let longest = LONGEST_TEXT;
  let part = policyPart(findings, standing, longest);
  while (utf8Length(part) > LONGEST_BODY && longest > SHORTEST_TEXT) {
    longest /= 2;
    part = policyPart(findings, standing, longest);
  }
  return part;
}

function policyPart(findings: readonly [Finding, ...Finding[]], standing: Standing, longest: number): string {
  const [{ policy, title, description, docs }] = findings;
  const messages = new Set(findings.flatMap(({ message }) => escapeProse(fitUtf8(message, longest / findings.length))));
  const circumstances = new Set(findings.flatMap((finding) => circumstancesOf(finding)));
  const help = [
    ...(description === undefined ? [] : [escapeProse(fitUtf8(description, longest))]),
    ...(docs === undefined ? [] : [docsLink("How to fix it", docs)]),
  ];
  return [
    `**${WORDS[standing(findings[0])]}** · ${title === undefined ? "" : `${escapeMarkdown(fitUtf8(title, longest))} `}${codeSpan(fitUtf8(policy, longest))}`,
    [...messages].join("<br>"),
    ...(circumstances.size === 0 ? [] : [escapeMarkdown(fitUtf8([...circumstances].join("; "), longest))]),
    ...(help.length === 0 ? [] : [help.join(" ")]),
  ].join("\n\n");
}

/** The text of a comment whose findings are gone as of the commit `head`, for a thread in which people have answered. */
export function endedComment(end: "fixed" | "no longer blocks", head: string, body: string): string {
  const what = end === "fixed" ? "Fixed" : "No longer blocks";
  // A suggestion for what is gone would still have its button.
  const before = body
    .replaceAll(MARKER, "")
    .replaceAll(/^(`{3,})suggestion$/gm, "$1")
    .trim();
  return `**${what}** as of ${head}.\n\n<details><summary>What this was about</summary>\n\n${before}\n\n</details>`;
}

/** The text of a review. */
export const REVIEW_TEXT = "Findings on the lines of this change; the check lists all that was found.";

/** The text of a review none of whose comments is left as of the commit `head`. */
export function endedReview(head: string): string {
  return `What this review was about is fixed or has moved as of ${head}; the check has what is left.`;
}

/** On a line of its own: a message is never one, whatever it quotes. */
const MARKER = /^<!-- portcullis:([^\s>]+) -->$/gm;

function markers(fingerprints: readonly string[]): string {
  return fingerprints.map((fingerprint) => `<!-- portcullis:${fingerprint} -->`).join("\n");
}

/** The fingerprints of the findings that a comment is about. */
export function fingerprintsIn(body: string): readonly string[] {
  return [...body.matchAll(MARKER)].flatMap(([, fingerprint]) => fingerprint ?? []);
}
