import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../model/config.ts";
import type { Finding } from "../../model/finding.ts";
import type { Policy } from "../../model/policy.ts";
import { matchesBranch } from "../../gate/gated-branches.ts";
import { CONFIG_FILE } from "../../config/config-file.ts";
import { readPolicyReference } from "../../config/policy-reference.ts";
import type { Weakening } from "./found-weakening.ts";
import { lost, weakerDesiredState } from "./weaker-desired-state.ts";
import { weakerLevels } from "./weaker-levels.ts";
import { weakerPolicyChecks } from "./weaker-policy-checks.ts";
import { weakerWaivers } from "./weaker-waivers.ts";

/** A configuration with its policies. */
export interface Rules {
  readonly config: Config;
  readonly policies: readonly Pick<Policy, "id" | "level">[];
}

/**
 * What a change would turn off once it is merged: what the rules in force do and the proposed ones do not (`proposed` is
 * undefined if portcullis.yaml is removed). `today` is the day of the judgement, such as 2027-01-15.
 */
export function weakenings(inForce: Rules, proposed: Rules | undefined, today: string): readonly Weakening[] {
  if (proposed === undefined) {
    const sentence = `removes ${CONFIG_FILE}; the repository stays enrolled and is still judged by the rules now in force`;
    return [{ sentence, at: [] }];
  }
  const [old, next] = [inForce.config, proposed.config];
  const found: Weakening[] = [];
  const tell = (sentence: string, ...at: readonly string[]): void => void found.push({ sentence, at });
  for (const sentence of lost(old.extends.map(placeOf), next.extends.map(placeOf), "no longer extends"))
    tell(sentence, "extends");
  for (const sentence of lost(old.locked, next.locked, "no longer locks")) tell(sentence, "locked");
  if (old.mode === "enforce" && next.mode === "report")
    tell("switches the gate to report only: nothing would block", "mode");
  if (old.block === "all" && next.block === "introduced") tell("stops blocking existing findings", "block");
  if (old.comments !== "off" && next.comments === "off") tell("turns review comments off", "comments");
  const { override } = next;
  if (override !== undefined && !isDeepStrictEqual(old.override, override))
    tell(`lets members of ${override.teams.join(", ")} override the check for ${override.minutes} minutes`, "override");
  if (next.rollback.days > old.rollback.days)
    tell(`lets states of ${next.rollback.days} days be restored with what they had`, "rollback", "days");
  const kept = new Set(proposed.policies.map(({ id }) => id));
  for (const { id } of inForce.policies)
    if (!kept.has(id)) found.push({ sentence: `removes the policy ${id}`, at: ["policies"], policy: id });
  const levelsOf = ({ config, policies }: Rules) => ({
    config,
    own: new Map(policies.flatMap(({ id, level }) => (level === undefined ? [] : [[id, level] as const]))),
  });
  found.push(
    ...weakerLevels(levelsOf(inForce), levelsOf(proposed), today),
    ...weakerDesiredState(old, next),
    ...weakerWaivers(old.waivers, next.waivers),
    ...weakerPolicyChecks(old, next),
  );
  for (const sentence of lost(old.manifests.include, next.manifests.include, "no longer includes manifests under"))
    tell(sentence, "manifests", "include");
  next.manifests.exclude.forEach((pattern, index) => {
    if (!old.manifests.exclude.includes(pattern))
      tell(`excludes manifests under ${pattern}`, "manifests", "exclude", String(index));
  });
  for (const { branch } of uncovered(old.branches, next.branches)) tell(`no longer gates ${branch}`, "branches");
  for (const entry of uncovered(next.branches, old.branches))
    tell(`treats everything as accepted that is on ${entry.branch}`, "branches");
  return found;
}

/** What a reference names, whichever version of it. */
function placeOf(written: string): string {
  const reading = readPolicyReference(written);
  if (reading?.kind !== "reference") return written;
  const { mount, directory } = reading.reference;
  return [mount.replace(/@[^@]*$/, ""), directory].filter((part) => part !== "").join("/");
}

/** The entries of `branches:` that none of the others is or matches; of two patterns only equal ones are known to match the same. */
function uncovered(entries: Config["branches"], by: Config["branches"]): Config["branches"] {
  return entries.filter(({ branch }) => !by.some((other) => matchesBranch(other, branch)));
}

/** The built-in finding for a change that weakens the rules. It only warns: reviewers decide whether to accept it. */
export function weakeningFinding(sentence: string, line: number, path: string = CONFIG_FILE): Finding {
  const message = `This change ${sentence}.`;
  return {
    policy: "portcullis/rules",
    rule: "weakened",
    level: "warn",
    message,
    status: "introduced",
    manifest: { apiVersion: "portcullis/v1", kind: "Configuration", name: CONFIG_FILE },
    location: { path, line, precision: "source" },
    pointer: "",
    fingerprint: createHash("sha256").update(`portcullis/rules\0${message}`).digest("hex").slice(0, 32),
    title: "This change weakens the rules that judge it",
    waivable: false,
  };
}
