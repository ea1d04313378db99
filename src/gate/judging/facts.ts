import type { BuiltinCheck, Fact } from "../../model/builtin-check.ts";
import type { Report } from "../../model/report.ts";
import { sha256 } from "../../manifest/sha256.ts";
import type { JudgedSource, LateViolations } from "../judged-source.ts";
import { locateViolations } from "./locate-violations.ts";
import type { Reading, ReadOrigin } from "../reading.ts";

/** The facts that the manifests of one tree provide about others. */
export interface Facts {
  /** In a fixed order. */
  about(key: string): readonly Fact[];
  /** Equal for equal facts about a key. */
  digest(key: string): string;
}

/** Gathers the facts of everything that was judged in a tree. */
export function gatherFacts(judged: Iterable<JudgedSource>): Facts {
  const byKey = new Map<string, Fact[]>();
  for (const { manifests } of judged) {
    for (const { facts = [] } of manifests) {
      for (const fact of facts) {
        const known = byKey.get(fact.key);
        if (known === undefined) byKey.set(fact.key, [fact]);
        else known.push(fact);
      }
    }
  }
  for (const facts of byKey.values()) facts.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const about = (key: string): readonly Fact[] => byKey.get(key) ?? [];
  const digests = new Map<string, string>();
  return {
    about,
    digest(key) {
      const digest = digests.get(key) ?? sha256([...new Set(about(key).map(orderOf))].join("\n"));
      digests.set(key, digest);
      return digest;
    },
  };
}

function orderOf({ environment = "", digest }: Fact): string {
  return `${environment}\0${digest}`;
}

/** Whether the facts that a source waits for are equal in both trees. */
export function sameFacts({ manifests }: JudgedSource, one: Facts, other: Facts): boolean {
  return manifests.every(({ awaits = [] }) => awaits.every(({ key }) => one.digest(key) === other.digest(key)));
}

/** Equal where what a source waits for is answered alike; undefined where it waits for nothing. */
export function awaitedKey({ manifests }: JudgedSource, facts: Facts): string | undefined {
  const awaited = new Set(manifests.flatMap(({ awaits = [] }) => awaits.map(({ key }) => key)));
  return awaited.size === 0 ? undefined : sha256([...awaited].map((key) => `${key} ${facts.digest(key)}`).join("\n"));
}

/**
 * What the builtin checks that waited for facts find in a source. `read` is called only where a violation needs a place, or
 * where the source comes from the cache without the content of its manifests. `transient`: as of `JudgedSource`.
 */
export async function lateViolations(
  builtins: readonly BuiltinCheck[],
  judged: JudgedSource,
  facts: Facts,
  read: () => Promise<ReadOrigin>,
): Promise<{ readonly late: LateViolations; readonly transient?: true }> {
  const isWhole = judged.manifests.every(({ awaits, manifest }) => awaits === undefined || manifest !== undefined);
  const origin = isWhole ? undefined : await readingOf(read);
  const found = judged.manifests.map(({ awaits = [], manifest }, index) => {
    const content = manifest ?? origin?.manifests[index];
    if (content === undefined) return [];
    return awaits.flatMap(({ check, key }) => builtins[check]?.ofManifest?.(content, facts.about(key)) ?? []);
  });
  if (found.every(({ length }) => length === 0)) return { late: [] };
  const reading = origin ?? (await readingOf(read));
  const prepared = await reading.prepare?.();
  const late = found.map((shown, index) => {
    const manifest = reading.manifests[index];
    if (manifest === undefined || shown.length === 0) return [];
    return locateViolations(reading, manifest, { shown, unmasked: shown });
  });
  return { late, ...prepared };
}

async function readingOf(read: () => Promise<ReadOrigin>): Promise<Reading> {
  const origin = await read();
  if (origin.kind === "done") throw new Error("what was judged has no content any more");
  return origin.reading;
}

/** The source with what was found late. */
export function withLate(judged: JudgedSource, late: LateViolations): JudgedSource {
  if (late.length === 0) return judged;
  const manifests = judged.manifests.map((manifest, index) => {
    const found = late[index] ?? [];
    return found.length === 0 ? manifest : { ...manifest, violations: [...manifest.violations, ...found] };
  });
  return { ...judged, manifests };
}

/** The kinds without the facts that checks waited for (no schema), each with its number of manifests. */
export function unknownKinds(judged: Iterable<JudgedSource>, facts: Facts): NonNullable<Report["unknownKinds"]> {
  const counts = new Map<string, number>();
  for (const { manifests } of judged) {
    for (const { awaits = [] } of manifests) {
      for (const { key } of awaits) if (facts.about(key).length === 0) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([kind, manifests]) => ({ kind, manifests }));
}
