import { createHash } from "node:crypto";
import type { Config } from "../../model/config.ts";
import type { Finding } from "../../model/finding.ts";
import { CONFIG_FILE } from "../../config/config-file.ts";
import { lost, weakerDesiredState } from "./weaker-desired-state.ts";
import { weakerLevels } from "./weaker-levels.ts";

/** A configuration with the ids of its policies. */
export interface Rules {
  readonly config: Config;
  readonly policies: readonly string[];
}

/**
 * Describes what a change would turn off once it is merged, one sentence each: what the rules in force do and the
 * proposed ones do not (`proposed` is undefined if portcullis.yaml is removed). `today` is the day of the judgement,
 * such as 2027-01-15.
 */
export function weakenings(inForce: Rules, proposed: Rules | undefined, today: string): readonly string[] {
  if (proposed === undefined) {
    return [`removes ${CONFIG_FILE}; the repository stays enrolled and is still judged by the rules now in force`];
  }
  const [old, next] = [inForce.config, proposed.config];
  const found: string[] = [];
  if (old.mode === "enforce" && next.mode === "report")
    found.push("switches the gate to report only: nothing would block");
  if (old.block === "all" && next.block === "introduced") found.push("stops blocking existing findings");
  if (old.comments === "on" && next.comments === "off") found.push("turns review comments off");
  for (const policy of inForce.policies) {
    if (!proposed.policies.includes(policy)) found.push(`removes the policy ${policy}`);
  }
  found.push(...weakerLevels(old, next, today), ...weakerDesiredState(old, next));
  found.push(...lost(old.manifests.include, next.manifests.include, "no longer includes manifests under"));
  found.push(...lost(next.manifests.exclude, old.manifests.exclude, "excludes manifests under"));
  if (old.branches.length > 0 && next.branches.length > 0) {
    found.push(...lost(next.branches, old.branches, "treats everything as accepted on the branch"));
  }
  return found;
}

/** The built-in finding for a change that weakens the rules. It only warns: reviewers decide whether to accept it. */
export function weakeningFinding(sentence: string, line: number): Finding {
  const message = `This change ${sentence}.`;
  return {
    policy: "portcullis/rules",
    rule: "weakened",
    level: "warn",
    message,
    status: "introduced",
    manifest: { apiVersion: "portcullis/v1", kind: "Configuration", name: CONFIG_FILE },
    location: { path: CONFIG_FILE, line, precision: "source" },
    pointer: "",
    fingerprint: createHash("sha256").update(`portcullis/rules\0${message}`).digest("hex").slice(0, 32),
    title: "This change weakens the rules that judge it",
  };
}
