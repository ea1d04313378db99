import type { EndingVersion, Failing, StandingWaiver } from "../../../model/standing.ts";
import type { HistoryEntry } from "../../../model/standing-history.ts";
import { inert } from "../../inert-text.ts";
import { count } from "../../wording.ts";
import { causeWords } from "./cause-words.ts";
import { controlCounts, findingsOf } from "./numbers.ts";

/**
 * A judgement for a terminal: a line of numbers, then what is new. The first one of a branch has a heading, and lists
 * everything.
 */
export function textHistory(entry: HistoryEntry): string {
  const { repository, gated, judged, first, ended } = entry;
  const heading = `${inert(repository)} ${inert(judged.branch)}${gated ? "" : " (not gated any more)"}`;
  return [
    ...(first ? [heading] : []),
    `  ${numbersLine(entry)}`,
    ...failingLines(entry, "control"),
    ...failingLines(entry, "policy"),
    ...ended.controls.map((id) => `    no more: control ${inert(id)}`),
    ...ended.policies.map((id) => `    no more: policy ${inert(id)}`),
    ...waiverLines(entry),
    ...endingLines(entry),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function numbersLine({ judged: { judgedAt, commit, standing } }: HistoryEntry): string {
  const controls = controlCounts(standing);
  const findings = findingsOf(standing);
  const { problems, gaps } = standing.unjudged;
  return [
    `${judgedAt.slice(0, 16).replace("T", " ")} ${inert(commit.slice(0, 12))} ${standing.verdict}`,
    `controls: ${controls.satisfied} satisfied, ${controls.waived} by exception, ${controls.failing} not satisfied, ${controls.undetermined} undetermined`,
    `${count(findings.failing, "finding")}, ${findings.waived} waived`,
    ...(problems + gaps === 0 ? [] : [`${count(problems, "problem")}, ${count(gaps, "gap")}`]),
  ].join("; ");
}

function failingLines({ judged: { standing }, anew, first }: HistoryEntry, what: "control" | "policy"): string[] {
  const all: { readonly [id: string]: Failing } = what === "control" ? standing.controls.failing : standing.policies;
  const names = new Set(what === "control" ? anew.controls : anew.policies);
  return Object.entries(all).flatMap(([id, { findings, since, because }]) => {
    if (!names.has(id) && !first) return [];
    const when = names.has(id) ? "fails anew" : `fails since ${since.slice(0, 10)}`;
    return [`    ${when}: ${what} ${inert(id)} (${count(findings, "finding")}): ${because.map(causeWords).join(", ")}`];
  });
}

function waiverLines({ judged: { standing }, before, first }: HistoryEntry): string[] {
  const key = ({ path, line, expires }: StandingWaiver): string => JSON.stringify([path, line, expires]);
  const fresh = (state: "expired" | "expiring"): readonly StandingWaiver[] => {
    const known = new Set(first ? [] : before?.waivers[state].map(key));
    return standing.waivers[state].filter((waiver) => !known.has(key(waiver)));
  };
  const line = (verb: string, { path, line: at, what, expires, ticket, owner, covers }: StandingWaiver): string => {
    const whose = [ticket, owner].flatMap((text) => (text === undefined ? [] : [`, ${inert(text)}`]));
    return `    waiver ${inert(path)}:${at} of ${inert(what)} (${covers}) ${verb} ${inert(expires)}${whose.join("")}`;
  };
  return [
    ...fresh("expired").map((waiver) => line("expired", waiver)),
    ...fresh("expiring").map((waiver) => line("expires", waiver)),
  ];
}

function endingLines({ judged: { standing }, before, first }: HistoryEntry): string[] {
  const known = new Set(first ? [] : before?.ending.map(({ message }) => message));
  return standing.ending
    .filter(({ message }) => !known.has(message))
    .map(
      ({ message, objects, path, line }: EndingVersion) =>
        `    ends: ${inert(message)} (${count(objects, "object")}, first ${inert(path)}:${line})`,
    );
}
