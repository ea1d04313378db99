import { isObject } from "../../../manifest/identity.ts";
import type { ClusterConfig } from "../../../model/config.ts";
import { noHint, type ClusterHint } from "./cluster-hint.ts";
import { mergedHints } from "./merged-hints.ts";
import { pathHints, type KnownValues } from "./path-hints.ts";
import { pathTemplates } from "./path-templates.ts";
import { requiredLabels, type RequiredLabel } from "./required-labels.ts";
import { clusterGenerators, tryCluster, type SeenSet } from "./seen-set.ts";

/** A cluster that an ApplicationSet names, or that one of its paths leads to, and for which its paths are in the tree. */
export interface Candidate {
  readonly cluster: ClusterConfig;
  readonly hint: ClusterHint;
  /** The labels that its selector asks for. */
  readonly required: readonly RequiredLabel[];
  readonly path: string;
  /** A cluster of another name would lead elsewhere. */
  readonly isDistinct: boolean;
}

/** What an ApplicationSet asks of clusters. */
export interface Demand {
  readonly set: SeenSet;
  /** Of each cluster generator. */
  readonly required: readonly (readonly RequiredLabel[])[];
  readonly candidates: readonly Candidate[];
}

/** Reads what an ApplicationSet tells of clusters; undefined where it has no cluster generator. */
export async function demandOf(set: SeenSet): Promise<Demand | undefined> {
  const generators = await clusterGenerators(set);
  if (generators.length === 0) return undefined;
  const spec = set.object.manifest.value["spec"];
  if (!isObject(spec)) return undefined;
  const merged = mergedHints(spec["generators"]);
  const required: (readonly RequiredLabel[])[] = [];
  const candidates: Candidate[] = [];
  for (const generator of generators) {
    const labels = requiredLabels(generator);
    required.push(labels);
    const values: KnownValues = generator.record("values");
    const led = pathTemplates(spec).flatMap((template) =>
      pathHints(template, values, spec["goTemplate"] === true, set.context.tree),
    );
    const any = await tryCluster(set, clusterFor(noHint, labels));
    for (const hint of distinct([...merged, ...led])) {
      const cluster = clusterFor(hint, labels);
      const trial = await tryCluster(set, cluster);
      if (trial.kind !== "found") continue;
      const isDistinct = any.kind === "none" || any.path !== trial.path;
      candidates.push({ cluster, hint, required: labels, path: trial.path, isDistinct });
    }
  }
  return { set, required, candidates };
}

/** A cluster as a hint has it and a selector asks for it. What neither tells is made up. */
export function clusterFor(hint: ClusterHint, required: readonly RequiredLabel[]): ClusterConfig {
  const asked = Object.fromEntries(required.map(({ key, values: [first = "true"] }) => [key, first]));
  const labels = { ...asked, ...hint.labels };
  const name = hint.name ?? nameOf(Object.entries({ ...hint.annotations, ...labels }));
  return { name, server: hint.server ?? unknownServer(name), labels, annotations: hint.annotations };
}

/** A server for a cluster of which nothing tells where it is: none that exists. */
export function unknownServer(name: string): string {
  return `https://${name.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-")}.invalid`;
}

function nameOf(told: readonly (readonly [key: string, value: string])[]): string {
  const words = told.map(([key, value]) => (value === "true" || value === "" ? (key.split("/").at(-1) ?? key) : value));
  return ["cluster", ...words]
    .join("-")
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-");
}

/** Where a path and a list name the same cluster, the labels of both count. */
function distinct(hints: readonly ClusterHint[]): readonly ClusterHint[] {
  const byName = new Map<string, ClusterHint>();
  for (const [index, hint] of hints.entries()) {
    const key =
      hint.name ?? hint.server ?? `#${Object.keys({ ...hint.labels, ...hint.annotations }).length === 0 ? "" : index}`;
    const known = byName.get(key) ?? noHint;
    byName.set(key, {
      ...known,
      ...hint,
      labels: { ...known.labels, ...hint.labels },
      annotations: { ...known.annotations, ...hint.annotations },
    });
  }
  return [...byName.values()];
}
