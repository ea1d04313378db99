import type { Level, Policy, PolicySources } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { DecidingRule } from "./toolchain/protocol.ts";
import type { Metadata, ScopedMetadata } from "./metadata.ts";
import { readMetadata } from "./metadata.ts";
import { expectedResults } from "./results.ts";

/** A deciding rule with the facts from its METADATA and its name. */
export interface RuleFacts extends DecidingRule {
  readonly policy: string;
  readonly level: Level;
  /** False for a rule that can never return messages; the problem is among those of the set. */
  readonly usable: boolean;
}

/** The rules of a policy set, sorted into policies. */
export interface PolicyFacts {
  readonly policies: readonly Policy[];
  /** In the order of the indices of the toolchain. */
  readonly rules: readonly RuleFacts[];
  readonly problems: readonly Problem[];
}

interface Described {
  readonly facts: RuleFacts;
  readonly metadata: readonly ScopedMetadata[];
}

/**
 * Groups deciding rules into policies and reads their METADATA. An invalid block is a problem, but its rule still
 * judges. `levels` are over those that rules declare; with `by name` nothing but a rule's name tells its level.
 */
export function describePolicies(
  rules: readonly DecidingRule[],
  levels: NonNullable<PolicySources["levels"]> | "by name" = {},
): PolicyFacts {
  const problems = new Map<string, Problem>();
  const report = (problem: Problem) => problems.set(JSON.stringify(problem), problem);
  const described = rules.map((rule) => describe(rule, levels, report));
  const byPolicy = new Map<string, Described[]>();
  for (const one of described) byPolicy.set(one.facts.policy, [...(byPolicy.get(one.facts.policy) ?? []), one]);
  for (const members of byPolicy.values()) {
    const stranger = members.find(({ facts }) => facts.package !== members[0]?.facts.package)?.facts;
    if (stranger !== undefined && levels !== "by name") problems.set(stranger.policy, sharedId(stranger));
  }
  return {
    policies: [...byPolicy].map(([id, members]) => describePolicy(id, members)),
    rules: described.map(({ facts }) => facts),
    problems: [...problems.values()],
  };
}

function describe(
  rule: DecidingRule,
  levels: NonNullable<PolicySources["levels"]> | "by name",
  report: (problem: Problem) => void,
): Described {
  const metadata: ScopedMetadata[] = [];
  for (const annotations of rule.annotations) {
    const read = readMetadata(annotations);
    if (!("stage" in read)) metadata.push(read);
    else if (levels !== "by name") report(read);
  }
  const declared = nearest(metadata, (block) => block.custom?.level);
  const id = levels === "by name" ? undefined : nearest(metadata, (block) => block.custom?.id);
  const policy = id ?? libraryId(rule.package) ?? rule.package;
  const usable = rule.shape !== "object";
  if (!usable) {
    const message = `policy ${policy}: rule ${rule.name} is an object of keys and values; expected ${expectedResults}`;
    report({ stage: "compile", path: rule.path, line: rule.line, message });
  }
  const chosen = levels === "by name" ? undefined : Object.hasOwn(levels, policy) ? levels[policy] : declared;
  const level = chosen ?? (rule.name.startsWith("warn") ? "warn" : "deny");
  return { facts: { ...rule, policy, level, usable }, metadata };
}

function describePolicy(id: string, members: readonly Described[]): Policy {
  const field = <T>(of: (metadata: Metadata) => T | undefined): T | undefined => agreed(members, of);
  const title = field((metadata) => metadata.title);
  const description = field((metadata) => metadata.description);
  const docs = field((metadata) => metadata.related_resources?.[0]?.ref);
  const controls = field((metadata) => metadata.custom?.controls);
  const severity = field((metadata) => metadata.custom?.severity);
  // Of several rules, the strictest word counts.
  const isForbidden = members.some(({ metadata }) => nearest(metadata, ({ custom }) => custom?.waivable) === false);
  const fix = field((metadata) => metadata.custom?.fix);
  return {
    id,
    package: members[0]?.facts.package ?? id,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(docs === undefined ? {} : { docs }),
    ...(controls === undefined ? {} : { controls }),
    ...(severity === undefined ? {} : { severity }),
    ...(fix === undefined ? {} : { fix }),
    ...(isForbidden ? { waivable: false as const } : {}),
    level: (["deny", "warn"] as const).find((level) => members.some(({ facts }) => facts.level === level)) ?? "info",
  };
}

/** The value on which all rules of a policy agree, or, if they differ, that of their package. */
function agreed<T>(members: readonly Described[], of: (metadata: Metadata) => T | undefined): T | undefined {
  const values = members.map(({ metadata }) => nearest(metadata, of));
  const first = values[0];
  if (values.every((value) => JSON.stringify(value) === JSON.stringify(first))) return first;
  const ofPackage = members[0]?.metadata.filter(({ scope }) => scope === "package") ?? [];
  return nearest(ofPackage, of);
}

function nearest<T>(blocks: readonly ScopedMetadata[], of: (metadata: Metadata) => T | undefined): T | undefined {
  for (const { metadata } of blocks) {
    const value = of(metadata);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The id in the layout of the library: `portcullis.<category>.<name>` is the policy `category/name`. */
function libraryId(packageName: string): string | undefined {
  const match = /^portcullis\.(\w+)\.(\w+)$/.exec(packageName);
  return match === null ? undefined : `${match[1]}/${match[2]}`.replaceAll("_", "-");
}

function sharedId(rule: RuleFacts): Problem {
  const message = `METADATA custom.id ${rule.policy} already belongs to another package; expected one package per id`;
  return { stage: "compile", path: rule.path, line: rule.line, message };
}
