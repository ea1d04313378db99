import type { Finding } from "../model/finding.ts";
import { waiverNote } from "./waivers.ts";
import { objectsOf } from "./wording.ts";

const NAMED = 3;

/** The environments that something lands in, few of them by name; undefined where none is known. Untrusted text. */
export function inEnvironments(environments: readonly string[]): string | undefined {
  if (environments.length === 0) return undefined;
  return `in ${listed(environments, "environment")}`;
}

/** Where a finding's objects land, and what one change does to all of them. Untrusted text. */
function landingOf(finding: Finding): string | undefined {
  const environments = environmentsOf(finding);
  const objects = objectsOf(finding).length;
  const where = inEnvironments(environments);
  const many = objects > 1 ? objects : environments.length;
  if (finding.status === "fixed" || many < 2) return where;
  const clears = `one change clears ${many === 2 ? "both" : `all ${many}`}${objects > 1 ? " objects" : ""}`;
  return where === undefined ? clears : `${where}: ${clears}`;
}

/** The sources that a finding's manifest came through; those that differ in their environment only, once. Untrusted text. */
function throughOf(finding: Finding): string | undefined {
  const sources = finding.sources ?? (finding.source === undefined ? [] : [finding.source]);
  const names = [...new Set(sources.map((id) => id.replace(/ \([^()]*\)$/, "")))];
  return names.length === 0 ? undefined : `through ${listed(names, "source")}`;
}

/** The location of the value itself, or of what refers to it, for a finding that is located at the change that introduced it. Untrusted text. */
function standsAt({ related, location: { fetched } }: Finding): string | undefined {
  if (related === undefined) return undefined;
  return `${fetched === undefined ? "the value is" : "it is referred to"} at ${related.path}:${related.line}`;
}

/** The file of what was fetched that holds the value. Untrusted text. */
function fetchedFrom({ location: { fetched } }: Finding): string | undefined {
  return fetched === undefined ? undefined : `in ${fetched.path} of ${fetched.reference}`;
}

/** All facts about a finding besides those of its policy. Untrusted text. */
export function circumstancesOf(finding: Finding): readonly string[] {
  const waived = finding.waiver === undefined ? undefined : waiverNote(finding.waiver);
  return [fetchedFrom(finding), landingOf(finding), throughOf(finding), standsAt(finding), waived].filter(
    (text) => text !== undefined,
  );
}

/** The environments of a finding. */
export function environmentsOf({ environment, environments }: Finding): readonly string[] {
  return environments ?? (environment === undefined ? [] : [environment]);
}

/** A few names in full; of many, the first and the number of the others. Untrusted text. */
export function listed(names: readonly string[], one: string): string {
  if (names.length === 1) return names[0] ?? "";
  if (names.length <= NAMED + 1) return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more ${one}s`;
}
