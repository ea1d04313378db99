import type { Finding } from "../model/finding.ts";
import { codeSpan, docsLink, escapeProse, linkedCode } from "./escape-markdown.ts";
import type { LinkTo, WaiveCommand } from "./format.ts";
import { circumstancesOf } from "./landing.ts";
import type { Group } from "./markdown-groups.ts";
import { fitUtf8 } from "./utf8.ts";
import { count, subjectOf } from "./wording.ts";

const LONGEST_TEXT = 1000;
const LISTED_PLACES = 3;

/**
 * Findings by policy, those of the policy with most of them first: once what the policy asks for and how to comply, then
 * a row for each finding.
 */
export function byPolicy(
  findings: readonly Finding[],
  linkTo: LinkTo | undefined,
  waive?: WaiveCommand,
): readonly Group[] {
  return groupedBy(findings, ({ policy, title, description, docs }) => [policy, title, description, docs]).map(
    (of) => ({
      heading: `#### ${headingOf(of[0])}${of.length === 1 ? "" : ` · ${count(of.length, "finding")}`}`,
      intro: helpOf(of[0]),
      rows: of.map((finding) => `- ${rowOf(finding, linkTo)}${waiveNote(finding, waive)}`),
    }),
  );
}

/** A line for each policy with findings: how many there are in how many files, and some of the places. */
export function policyLines(findings: readonly Finding[], linkTo: LinkTo | undefined): readonly string[] {
  return groupedBy(findings, ({ policy }) => [policy]).map((of) => {
    const files = new Set(of.map(({ location }) => location.path)).size;
    const places = [...new Set(of.map(({ location }) => placeLink(location, linkTo)))];
    const example = places.length > LISTED_PLACES ? "for example " : "";
    return `- ${headingOf(of[0])}: ${count(of.length, "finding")} in ${count(files, "file")}: ${example}${places.slice(0, LISTED_PLACES).join(", ")}`;
  });
}

/** A finding in one line: its place, its objects, what is wrong, and where it lands. */
function rowOf(finding: Finding, linkTo: LinkTo | undefined): string {
  const changed = finding.changed === true ? ["there was a finding here before, with another value"] : [];
  const facts = [...changed, ...circumstancesOf(finding)].map((text) => prose(text));
  const more = facts.length === 0 ? "" : `<br>${facts.join("; ")}`;
  const { location, message } = finding;
  return `${placeLink(location, linkTo)} ${code(subjectOf(finding))}: ${prose(message)}${more}`;
}

/** How to ask for an exception, where the policy has exceptions. */
function waiveNote({ fingerprint, waivable }: Finding, waive: WaiveCommand | undefined): string {
  return waive === undefined || waivable === false ? "" : `<br>To waive it: ${code(waive(fingerprint))}`;
}

/** `path:line` as a link to that line, where one can be made. A column is of no use in a summary. */
export function placeLink(
  { path, line }: { readonly path: string; readonly line?: number },
  linkTo: LinkTo | undefined,
): string {
  return linkedCode(fitUtf8(line === undefined ? path : `${path}:${line}`, LONGEST_TEXT), linkTo?.(path, line));
}

/** The title, if there is one, and the id of a policy. */
function headingOf({ title, policy }: Finding): string {
  return title === undefined ? code(policy) : `${prose(title)} · ${code(policy)}`;
}

function helpOf({ description, docs }: Finding): readonly string[] {
  const help = [
    ...(description === undefined ? [] : [prose(description)]),
    ...(docs === undefined ? [] : [docsLink("How to fix it", docs)]),
  ];
  return help.length === 0 ? [] : [help.join(" ")];
}

function groupedBy(
  findings: readonly Finding[],
  keyOf: (finding: Finding) => readonly unknown[],
): readonly (readonly [Finding, ...Finding[]])[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = JSON.stringify(keyOf(finding));
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [finding]);
    else known.push(finding);
  }
  return [...groups.values()].toSorted((a, b) => b.length - a.length);
}

function prose(text: string): string {
  return escapeProse(fitUtf8(text, LONGEST_TEXT));
}

function code(text: string): string {
  return codeSpan(fitUtf8(text, LONGEST_TEXT));
}
