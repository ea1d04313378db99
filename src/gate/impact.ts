import type { Finding } from "../model/finding.ts";
import type { Impact, ImpactEntry, ImpactKind, ImpactTotals } from "../model/impact.ts";
import type { Level } from "../model/policy.ts";
import type { Report } from "../model/report.ts";

/** Names the owners of a path; empty where nothing does. */
export type OwnersOf = (path: string) => readonly string[];

/** One result for one object in one environment. */
interface Result {
  readonly level: Level;
  readonly entry: Omit<ImpactEntry, "kind" | "before" | "after">;
}

/**
 * Compares what two sets of rules find in the same tree, each reported as a whole tree. What is waived counts as not found. A result keeps its identity by its
 * policy, object, environment, source and place, so that a message that is worded anew is no difference.
 */
export function impactOf(before: Report, after: Report, ownersOf: OwnersOf): Impact {
  const [old, next] = [resultsOf(before, ownersOf), resultsOf(after, ownersOf)];
  const entries = [...new Set([...old.keys(), ...next.keys()])].flatMap((key) =>
    pairs(old.get(key) ?? [], next.get(key) ?? []),
  );
  return { version: 1, now: after.now, before: totals(old), after: totals(next), entries: sorted(entries) };
}

const strictness: { readonly [level in Level]: number } = { deny: 0, warn: 1, info: 2 };

/** Strictest first for each key: several rules may find the same place. */
function resultsOf(report: Report, ownersOf: OwnersOf): ReadonlyMap<string, readonly Result[]> {
  const results = new Map<string, Result[]>();
  for (const finding of report.findings) {
    if (finding.waiver !== undefined) continue;
    for (const entry of entriesOf(finding, ownersOf)) {
      const { policy, manifest, environment, source, location } = entry;
      const name = [manifest.kind, manifest.namespace, manifest.name];
      const key = JSON.stringify([policy, name, environment, source, location.path, finding.pointer]);
      const result = { level: finding.level, entry };
      const known = results.get(key);
      if (known === undefined) results.set(key, [result]);
      else known.push(result);
    }
  }
  for (const list of results.values()) list.sort((a, b) => strictness[a.level] - strictness[b.level]);
  return results;
}

function entriesOf(finding: Finding, ownersOf: OwnersOf): readonly Result["entry"][] {
  const { policy, rule, message, location, reaches = [finding] } = finding;
  const owners = ownersOf(location.path);
  return reaches.map((reach) => ({
    policy,
    rule,
    message: reach.message ?? message,
    manifest: reach.manifest,
    ...(reach.environment === undefined ? {} : { environment: reach.environment }),
    ...(reach.source === undefined ? {} : { source: reach.source }),
    location: { path: location.path, line: location.line },
    ...(owners.length === 0 ? {} : { owners }),
  }));
}

function pairs(old: readonly Result[], next: readonly Result[]): readonly ImpactEntry[] {
  const length = Math.max(old.length, next.length);
  return Array.from({ length }, (_, at) => entryOf(old[at], next[at])).flatMap((entry) => entry ?? []);
}

function entryOf(old: Result | undefined, next: Result | undefined): ImpactEntry | undefined {
  const shown = next ?? old;
  const kind = kindOf(old?.level, next?.level);
  if (shown === undefined || kind === undefined) return undefined;
  return {
    kind,
    ...shown.entry,
    ...(old === undefined ? {} : { before: old.level }),
    ...(next === undefined ? {} : { after: next.level }),
  };
}

function kindOf(before: Level | undefined, after: Level | undefined): ImpactKind | undefined {
  if (before === after) return undefined;
  if (after === "deny") return "blocked";
  if (before === "deny") return "allowed";
  if (before === undefined) return "shown";
  return after === undefined ? "cleared" : undefined;
}

function totals(results: ReadonlyMap<string, readonly Result[]>): ImpactTotals {
  const levels = [...results.values()].flat().map(({ level }) => level);
  return {
    denied: levels.filter((level) => level === "deny").length,
    warned: levels.filter((level) => level === "warn").length,
  };
}

const order: { readonly [kind in ImpactKind]: number } = { blocked: 0, allowed: 1, shown: 2, cleared: 3 };

function sorted(entries: readonly ImpactEntry[]): readonly ImpactEntry[] {
  const keyed = entries.map((entry) => ({ entry, key: keyOf(entry) }));
  keyed.sort((a, b) => order[a.entry.kind] - order[b.entry.kind] || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ entry }) => entry);
}

function keyOf({ policy, rule, message, manifest, environment, source, location }: ImpactEntry): string {
  const line = String(location.line).padStart(9, "0");
  const name = [manifest.kind, manifest.namespace ?? "", manifest.name];
  return [policy, location.path, line, ...name, environment ?? "", source ?? "", rule, message].join("\0");
}
