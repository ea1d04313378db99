import type { Fact, KnownFacts } from "../../model/fact.ts";
import type { Report } from "../../model/report.ts";
import { sha256 } from "../../manifest/sha256.ts";
import { isCarriedOver } from "../compare-origins.ts";
import type { JudgedManifest, JudgedSource } from "../judged-source.ts";
import type { Results } from "./judge-once.ts";

/** The facts that the manifests of one tree provide about others. */
export interface Facts {
  /** Those that reach the manifests of an environment, about any of some keys. */
  reaching(environment: string | undefined, keys: readonly string[]): KnownFacts;
}

/**
 * Gathers the facts of everything that was judged in a tree. What is carried over is applied by nothing, so that no other
 * object meets it: of that, only facts count that reach everywhere. `before`: what was judged in the tree before the change,
 * whose trusted facts take the place of those of this tree.
 */
export function gatherFacts(results: Results, before?: Results): Facts {
  const byKey = new Map<string, Fact[]>();
  const add = (of: Results, isWanted: (fact: Fact) => boolean): void => {
    for (const [origin, { manifests }] of of) {
      const isApplied = !isCarriedOver(origin);
      for (const fact of manifests.flatMap(({ facts = [] }) => facts)) {
        if ((!isApplied && fact.reach === undefined) || !isWanted(fact)) continue;
        const known = byKey.get(fact.key);
        if (known === undefined) byKey.set(fact.key, [fact]);
        else known.push(fact);
      }
    }
  };
  add(results, ({ trusted }) => trusted === undefined || before === undefined);
  if (before !== undefined) add(before, ({ trusted }) => trusted === true);
  const known = new Map<string, KnownFacts>();
  return {
    reaching(environment, keys) {
      const about = JSON.stringify([environment, ...keys]);
      const found = known.get(about) ?? knownFacts(byKey, environment, keys);
      known.set(about, found);
      return found;
    },
  };
}

function knownFacts(
  byKey: ReadonlyMap<string, readonly Fact[]>,
  environment: string | undefined,
  keys: readonly string[],
): KnownFacts {
  const ordered = keys
    .flatMap((key) => byKey.get(key) ?? [])
    .filter((fact) => fact.reach === "everywhere" || fact.environment === environment)
    .map((fact) => ({ fact, order: orderOf(fact, environment) }))
    .toSorted((a, b) => (a.order < b.order ? -1 : 1));
  return {
    digest: sha256([...new Set(ordered.map(({ order }) => order))].join("\n")),
    facts: ordered.map(({ fact }) => fact),
  };
}

function orderOf({ key, digest, reach, environment }: Fact, asking: string | undefined): string {
  const isNear = reach === undefined || environment === asking;
  const near = isNear ? "own" : environment === undefined ? "common" : `of ${environment}`;
  return `${key}\0${near}\0${digest}`;
}

/** Whether the facts that a source waits for are equal in both trees. */
export function sameFacts({ manifests }: JudgedSource, one: Facts, other: Facts): boolean {
  return manifests.every(({ environment, awaits = [] }) =>
    awaits.every(({ keys }) => one.reaching(environment, keys).digest === other.reaching(environment, keys).digest),
  );
}

/** Equal where what a source waits for is answered alike; undefined where it waits for nothing. */
export function awaitedKey({ manifests }: JudgedSource, facts: Facts): string | undefined {
  const awaited = new Set(
    manifests.flatMap(({ environment, awaits = [] }) =>
      awaits.map(({ keys }) => `${keys.join(" ")} ${facts.reaching(environment, keys).digest}`),
    ),
  );
  return awaited.size === 0 ? undefined : sha256([...awaited].join("\n"));
}

/** The kinds without the facts that builtin checks waited for (no schema), each with its number of manifests. */
export function unknownKinds(judged: Iterable<JudgedSource>, facts: Facts): NonNullable<Report["unknownKinds"]> {
  const counts = new Map<string, number>();
  for (const { manifests } of judged) {
    for (const kind of manifests.flatMap((manifest) => keysWithoutFacts(manifest, facts)))
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([kind, manifests]) => ({ kind, manifests }));
}

function keysWithoutFacts({ environment, awaits = [] }: JudgedManifest, facts: Facts): readonly string[] {
  return awaits
    .filter(({ by }) => by !== "judge")
    .flatMap(({ keys }) => keys.filter((key) => facts.reaching(environment, [key]).facts.length === 0));
}
