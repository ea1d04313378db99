import type { ExplainedBody, ExplainedRule } from "../../model/explanation.ts";
import type { TracedManifest, TracedPolicy } from "../../model/trace.ts";
import { inert } from "../inert-text.ts";
import { bodyLines } from "./explanation.ts";

/** So many manifests are shown of those for which all rules stop in the same places. */
const ALIKE = 3;
const LISTED = 8;
const MOST_LINES = 1500;

/** What each policy did with each manifest, as text that ends with a line break. */
export function traceText(policies: readonly TracedPolicy[]): string {
  const lines = policies.flatMap(policyLines);
  if (lines.length === 0) lines.push("trace: no policy was asked about any manifest");
  const shown = lines.slice(0, MOST_LINES);
  if (lines.length > shown.length)
    shown.push(`trace: ${lines.length - shown.length} more lines are left out: name fewer files or policies`);
  return `${shown.join("\n")}\n`;
}

function policyLines({ policy, manifests, left, untraced }: TracedPolicy): readonly string[] {
  if (untraced !== undefined) return [`trace: ${inert(policy)} is not traced: ${inert(untraced)}`];
  const alike = new Map<string, TracedManifest[]>();
  for (const one of manifests) {
    const key = JSON.stringify(one.rules.map(({ bodies }) => bodies.map(endOf)));
    alike.set(key, [...(alike.get(key) ?? []), one]);
  }
  const more =
    left === 0 ? [] : [`trace: ${inert(policy)} was asked about ${left} more manifests, which are not traced`];
  return [...[...alike.values()].flatMap((group) => groupLines(policy, group)), ...more];
}

function groupLines(policy: string, group: readonly TracedManifest[]): readonly string[] {
  // What is printed differs.
  const shown = group.filter(({ printed }, at) => at < ALIKE || printed.length > 0);
  const others = group.filter((one) => !shown.includes(one)).map(({ subject }) => inert(subject));
  const listed = others.slice(0, LISTED).join(", ");
  const more = others.length > LISTED ? ` and ${others.length - LISTED} more` : "";
  return [
    ...shown.flatMap((one) => manifestLines(policy, one)),
    ...(others.length === 0 ? [] : [`trace: ${inert(policy)} ends at the same lines for ${listed}${more}`]),
  ];
}

function manifestLines(policy: string, { subject, rules, printed }: TracedManifest): readonly string[] {
  const fires = rules.some(({ bodies }) => bodies.some(({ holds }) => holds));
  return [
    `trace: ${inert(policy)} ${fires ? "has a finding" : "has no finding"} for ${inert(subject)}`,
    ...rules.flatMap((rule) => rule.bodies.flatMap((body) => shortBody(rule, body))),
    ...printed.map(({ at, text }) => `  print ${inert(at)}: ${inert(text)}`),
  ];
}

/** A body without the conditions that were not reached. */
function shortBody(rule: ExplainedRule, body: ExplainedBody): readonly string[] {
  const conditions = body.conditions.filter(({ outcome }) => outcome !== "not-reached");
  // Values name conditions by their number.
  const isInOrder = body.conditions.slice(0, conditions.length).every((one, at) => one === conditions[at]);
  return bodyLines(rule, isInOrder ? { ...body, conditions } : body, "  ").filter((line) => line !== "");
}

/** Where a body ends: the line at which it stops, or that it holds. */
function endOf({ path, line, holds, conditions, trouble }: ExplainedBody): string {
  const stop = conditions.find(({ outcome }) => outcome === "failed");
  return `${path}:${line} ${holds ? "holds" : (stop?.line ?? trouble ?? "")}`;
}
