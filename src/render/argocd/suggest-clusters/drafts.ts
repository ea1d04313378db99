import type { ClusterConfig } from "../../../model/config.ts";
import type { SuggestedCluster } from "../../../model/suggested-clusters.ts";
import { unknownServer, type Candidate, type Demand } from "./candidates.ts";
import { openLabels } from "./required-labels.ts";
import { pathOf, shown } from "./seen-set.ts";

/** A cluster before it is known which ApplicationSets know it. */
export interface Draft extends Pick<SuggestedCluster, "why" | "notes" | "isNameUnknown" | "isServerUnknown"> {
  readonly cluster: ClusterConfig;
  /** What yields the ApplicationSets that lead to a path of its own, with the number of these. */
  readonly paths: ReadonlyMap<string, number>;
}

interface Evidence extends Candidate {
  readonly demand: Demand;
}

/** Puts together what several ApplicationSets tell of one cluster. */
export function mergeCandidates(demands: readonly Demand[]): readonly Draft[] {
  const byName = new Map<string, Evidence[]>();
  for (const demand of demands) {
    for (const candidate of demand.candidates) {
      const { name } = candidate.cluster;
      byName.set(name, [...(byName.get(name) ?? []), { ...candidate, demand }]);
    }
  }
  return [...byName].map(([name, all]) => {
    const distinct = all.filter(({ isDistinct }) => isDistinct);
    return draftOf(name, distinct.length > 0 ? distinct : all);
  });
}

function draftOf(name: string, evidence: readonly Evidence[]): Draft {
  const labels = votes(evidence.map(({ cluster }) => cluster.labels));
  const annotations = votes(evidence.map(({ cluster }) => cluster.annotations));
  const server = evidence.flatMap(({ hint }) => hint.server ?? [])[0];
  const [first] = evidence;
  const others = evidence.length === 1 ? "" : `, and ${evidence.length - 1} more`;
  return {
    cluster: { name, server: server ?? unknownServer(name), labels: chosen(labels), annotations: chosen(annotations) },
    paths: counts(evidence.filter(({ isDistinct }) => isDistinct).map(({ demand }) => pathOf(demand.set))),
    why:
      first === undefined
        ? []
        : [
            `leads to ${first.path} in ${shown(first.demand.set)}${others}`,
            ...(evidence.every(({ hint }) => hint.isNormalized === true)
              ? ["its name may be another that is written so once it is normalized"]
              : []),
          ],
    notes: notesOf(evidence, labels),
    ...(evidence.every(({ hint }) => hint.name === undefined) ? { isNameUnknown: true as const } : {}),
    ...(server === undefined ? { isServerUnknown: true as const } : {}),
  };
}

function counts(texts: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return found;
}

type Votes = ReadonlyMap<string, ReadonlyMap<string, number>>;

function votes(records: readonly { readonly [key: string]: string }[]): Votes {
  const found = new Map<string, Map<string, number>>();
  for (const record of records) {
    for (const [key, value] of Object.entries(record)) {
      const values = found.get(key) ?? new Map<string, number>();
      found.set(key, values.set(value, (values.get(value) ?? 0) + 1));
    }
  }
  return found;
}

/** The values that most ask for. */
function chosen(all: Votes): { readonly [key: string]: string } {
  return Object.fromEntries(
    [...all]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, values]) => [key, ranked(values)[0] ?? ""]),
  );
}

function ranked(values: ReadonlyMap<string, number>): readonly string[] {
  return [...values].toSorted(([, one], [, other]) => other - one).map(([value]) => value);
}

function notesOf(evidence: readonly Evidence[], labels: Votes): SuggestedCluster["notes"] {
  const notes = [...labels].map(([key, votesOf]) => {
    const [first = "", ...others] = ranked(votesOf);
    const fromPath = evidence.some(({ hint }) => Object.hasOwn(hint.labels, key));
    const asked = evidence.flatMap(({ required }) => required.filter((one) => one.key === key));
    const values = new Set([
      ...(asked.every((one) => one.values.length === 0) ? [] : [first]),
      ...others,
      ...asked.flatMap((one) => one.values),
    ]);
    const open = fromPath ? undefined : openLabels([{ key, values: [...values] }])[key];
    return [key, open ?? (fromPath ? "its paths lead there" : "selectors ask for it")] as const;
  });
  return Object.fromEntries(notes);
}
