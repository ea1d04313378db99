import type { BuiltinCheck, Fact } from "../../model/builtin-check.ts";
import type { Report } from "../../model/report.ts";
import type { Violation } from "../../model/violation.ts";
import type { JudgedManifest, JudgedSource } from "../judged-source.ts";
import { locateViolations } from "./locate-violations.ts";
import type { Reading, ReadOrigin } from "../reading.ts";

/** The facts that the manifests of one tree provide about others. */
export interface Facts {
  /** In a fixed order. */
  about(key: string): readonly Fact[];
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
  return { about: (key) => byKey.get(key) ?? [] };
}

function orderOf({ environment = "", digest }: Fact): string {
  return `${environment}\0${digest}`;
}

/** Whether the facts that a source waits for are equal in both trees. */
export function sameFacts({ manifests }: JudgedSource, one: Facts, other: Facts): boolean {
  const factKeys = (facts: Facts, key: string): string => [...new Set(facts.about(key).map(orderOf))].join("\n");
  return manifests.every(({ awaits = [] }) => awaits.every(({ key }) => factKeys(one, key) === factKeys(other, key)));
}

/** The source with the violations of builtin checks that waited for facts. `read` is called only where a violation needs a place. */
export async function withFacts(
  builtins: readonly BuiltinCheck[],
  judged: JudgedSource,
  facts: Facts,
  read: () => Promise<ReadOrigin>,
): Promise<JudgedSource> {
  const late = judged.manifests.map((manifest) => lateViolations(builtins, manifest, facts));
  if (late.every(({ length }) => length === 0)) return judged;
  const origin = await read();
  if (origin.kind === "done") throw new Error("what was judged has no content any more");
  await origin.reading.prepare?.();
  const manifests = judged.manifests.map((manifest, index) =>
    withLate(manifest, late[index] ?? [], origin.reading, index),
  );
  return { ...judged, manifests };
}

function lateViolations(
  builtins: readonly BuiltinCheck[],
  { awaits = [], manifest }: JudgedManifest,
  facts: Facts,
): readonly Violation[] {
  if (manifest === undefined) return [];
  return awaits.flatMap(({ check, key }) => builtins[check]?.ofManifest?.(manifest, facts.about(key)) ?? []);
}

function withLate(judged: JudgedManifest, late: readonly Violation[], reading: Reading, index: number): JudgedManifest {
  const manifest = reading.manifests[index];
  if (manifest === undefined || late.length === 0) return judged;
  const located = locateViolations(reading, manifest, { shown: late, unmasked: late });
  return { ...judged, violations: [...judged.violations, ...located] };
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
