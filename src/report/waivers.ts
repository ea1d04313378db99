import type { Report } from "../model/report.ts";
import type { ReportedWaiver, UsedWaiver } from "../model/waiver.ts";
import { count } from "./wording.ts";

/** Whether a waiver covers a finding, problem or gap. */
export function isWaived({ waiver }: { readonly waiver?: UsedWaiver }): boolean {
  return waiver !== undefined;
}

/** The report without what waivers cover. */
export function unwaived(report: Report): Report {
  const counts = (of: { readonly waiver?: UsedWaiver }): boolean => !isWaived(of);
  return {
    ...report,
    findings: report.findings.filter(counts),
    problems: report.problems.filter(counts),
    gaps: report.gaps.filter(counts),
  };
}

/** `waived until 2027-01-15 by waivers/web.yaml:3: port 80 (SEC-1, @acme/shop)`. Untrusted text. */
export function waiverNote({ path, line, reason, ticket, owner, expires, annotation }: UsedWaiver): string {
  const by = annotation === true ? `an annotation at ${path}:${line}` : `${path}:${line}`;
  return `waived until ${expires} by ${by}: ${reason}${inBrackets(ticket, owner)}`;
}

/** The waivers of a report, a line each: those that somebody should look at, and those that simply cover something. Untrusted text. */
export function waiverLines({ waivers = [] }: Report): {
  readonly notable: readonly string[];
  readonly inForce: readonly string[];
} {
  const isQuiet = ({ state, change, daysLeft }: ReportedWaiver): boolean =>
    state === "in force" && change === undefined && daysLeft === undefined;
  return {
    notable: waivers.filter((waiver) => !isQuiet(waiver)).map(waiverLine),
    inForce: waivers.filter(isQuiet).map(waiverLine),
  };
}

function waiverLine(waiver: ReportedWaiver): string {
  const { path, line, reason, ticket, owner } = waiver;
  return `${path}:${line} (${scopeOf(waiver)}) ${effectOf(waiver)}: ${reason}${inBrackets(ticket, owner)}`;
}

function scopeOf({ scope }: ReportedWaiver): string {
  if (scope.kind === "policy") return scope.policy;
  return scope.kind === "gap" ? "gap" : `problem: ${scope.stage}`;
}

/** What a waiver does in this check. */
function effectOf({ scope, state, change, covers, expires, daysLeft }: ReportedWaiver): string {
  const many = count(covers, { policy: "finding", problem: "problem", gap: "gap" }[scope.kind]);
  const edited = change === undefined ? "" : `${change} by this change, `;
  switch (state) {
    case "in force": {
      const soon = daysLeft === undefined ? "" : `, for ${count(daysLeft, "more day")}`;
      return `${edited}covers ${many} until ${expires}${soon}`;
    }
    case "proposed":
      return `${edited}does not count yet; it would cover ${many} until ${expires}`;
    case "approved":
      return `${edited}approved, covers ${many} until ${expires}`;
    case "expired":
      return `${edited}expired on ${expires}; it covered ${many}`;
    case "withdrawn":
      return `${edited}no longer covers ${many}`;
    default:
      return state satisfies never;
  }
}

function inBrackets(...texts: readonly (string | undefined)[]): string {
  const told = texts.filter((text) => text !== undefined);
  return told.length === 0 ? "" : ` (${told.join(", ")})`;
}
