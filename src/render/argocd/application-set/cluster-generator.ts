import { isObject } from "../../../manifest/identity.ts";
import type { ClusterConfig } from "../../../model/config.ts";
import type { Json } from "../../../model/json.ts";
import { addValues } from "./templated-values.ts";
import type { Generator, ParameterSet } from "./generation.ts";
import type { TemplateParameters } from "./template-parameters.ts";
import { readSelector } from "./label-selector.ts";
import { sanitizeName } from "./sanitize-name.ts";

const inCluster: ClusterConfig = {
  name: "in-cluster",
  server: "https://kubernetes.default.svc",
  labels: {},
  annotations: {},
};
/** The label of the Secrets in which Argo CD stores its clusters. */
const secretType = { "argocd.argoproj.io/secret-type": "cluster" };

/** `clusters`: the configured clusters that the selector matches, and without a selector also Argo CD's own cluster. */
export const clusterGenerator: Generator = async (options, generation) => {
  const { goTemplate, places, diagnostics, context } = generation;
  const { clusters } = context.config;
  const fields = options.object("selector");
  const selects =
    fields !== undefined && ["matchLabels", "matchExpressions"].some((key) => isNonEmpty(fields.value[key]));
  const matches = fields === undefined ? () => true : readSelector(fields, diagnostics, "labels");
  if (clusters.length === 0) {
    diagnostics.gap(
      options.pointer,
      "generates Applications for clusters that only Argo CD knows: list them under clusters in the configuration",
    );
  }
  const found = clusters.filter(({ labels }) => matches({ ...labels, ...secretType }));
  const named = clusters.some(({ name, server }) => name === inCluster.name || server === inCluster.server);
  if (!selects && !named) found.push(inCluster);
  const origin = { path: places.path, line: places.line(options.pointer), rank: 0 } as const;
  const sets: ParameterSet[] = [];
  for (const cluster of found) {
    const parameters = await addValues(clusterParameters(cluster, goTemplate), options, generation);
    if (parameters === undefined) return undefined;
    sets.push({ parameters, origin });
  }
  if (!options.flag("flatList")) return sets;
  return [{ parameters: { clusters: sets.map(({ parameters }) => parameters) }, origin }];
};

function clusterParameters(cluster: ClusterConfig, goTemplate: boolean): TemplateParameters {
  const { name, server, annotations } = cluster;
  const base = { name, nameNormalized: sanitizeName(name), server, project: "" };
  if (cluster === inCluster) return base;
  const labels = { ...cluster.labels, ...secretType };
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
