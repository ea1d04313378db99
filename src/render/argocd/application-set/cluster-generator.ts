import { isObject } from "../../../manifest/identity.ts";
import type { Json } from "../../../model/json.ts";
import { knownClusters, secretType, type KnownCluster, type KnownClusters } from "./cluster-secrets.ts";
import { addValues } from "./templated-values.ts";
import type { Generator, ParameterSet } from "./generation.ts";
import type { TemplateParameters } from "./template-parameters.ts";
import { readSelector } from "./label-selector.ts";
import { sanitizeName } from "./sanitize-name.ts";

const inCluster: KnownCluster = {
  name: "in-cluster",
  server: "https://kubernetes.default.svc",
  labels: {},
  annotations: {},
};
/** What Argo CD labels the Secrets of its clusters with. */
const ofCluster = { [secretType]: "cluster" };

/** `clusters`: the known clusters that the selector matches, and without a selector also Argo CD's own cluster. */
export const clusterGenerator: Generator = async (options, generation) => {
  const { goTemplate, places, diagnostics, object, context, reads } = generation;
  const supposed = context.suppose?.(options);
  const { clusters, unread }: KnownClusters =
    supposed === undefined ? knownClusters(object, context) : { clusters: supposed, unread: [] };
  const fields = options.object("selector");
  const selects =
    fields !== undefined && ["matchLabels", "matchExpressions"].some((key) => isNonEmpty(fields.value[key]));
  const matches = fields === undefined ? () => true : readSelector(fields, diagnostics, "labels");
  // Secrets in the tree tell of some clusters, the configuration tells that there are no others.
  if (context.config.clusters.length === 0 && supposed === undefined) {
    const which = clusters.length === 0 ? "" : "also ";
    diagnostics.gap(
      options.pointer,
      `generates Applications ${which}for clusters that only Argo CD knows: list them under clusters in the configuration`,
    );
  }
  for (const { secret } of [...clusters, ...unread]) if (secret !== undefined) reads.add(secret.path);
  for (const { labels, reason } of unread) {
    if (!matches({ ...labels, ...ofCluster })) continue;
    diagnostics.gap(
      options.pointer,
      `not generated for a cluster: ${reason}; list it under clusters in the configuration`,
    );
  }
  const found = clusters.filter(({ labels }) => matches({ ...labels, ...ofCluster }));
  const named = clusters.some(({ name, server }) => name === inCluster.name || server === inCluster.server);
  if (!selects && !named && supposed === undefined) found.push(inCluster);
  const origin = { path: places.path, line: places.line(options.pointer), rank: 0 } as const;
  const sets: ParameterSet[] = [];
  for (const cluster of found) {
    const parameters = await addValues(clusterParameters(cluster, goTemplate), options, generation);
    if (parameters === undefined) return undefined;
    sets.push({ parameters, origin: cluster.secret === undefined ? origin : { ...cluster.secret, rank: 1 } });
  }
  if (!options.flag("flatList")) return sets;
  return [{ parameters: { clusters: sets.map(({ parameters }) => parameters) }, origin }];
};

function clusterParameters(cluster: KnownCluster, goTemplate: boolean): TemplateParameters {
  const { name, server, annotations, project = "" } = cluster;
  const base = { name, nameNormalized: sanitizeName(name), server, project };
  if (cluster === inCluster) return base;
  const labels = { ...cluster.labels, ...ofCluster };
  if (goTemplate) {
    const metadata = Object.keys(annotations).length > 0 ? { annotations, labels } : { labels };
    return { ...base, metadata };
  }
  const flat = (kind: string, record: { readonly [name: string]: string }): TemplateParameters =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [`metadata.${kind}.${key}`, value]));
  return { ...base, ...flat("annotations", annotations), ...flat("labels", labels) };
}

function isNonEmpty(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}
