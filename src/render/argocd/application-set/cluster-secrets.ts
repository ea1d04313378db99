import { isEncryptedValue } from "../../../manifest/encrypted.ts";
import type { ClusterConfig } from "../../../model/config.ts";
import type { Manifest } from "../../../model/manifest.ts";
import { environmentPaths } from "../../environments.ts";
import { textMapAt } from "../../flux/fields.ts";
import type { FileLine, GitOpsObject, PlanContext } from "../../gitops.ts";
import { secretData } from "../../secret-data.ts";

/** The label of the Secrets in which Argo CD stores its clusters. */
export const secretType = "argocd.argoproj.io/secret-type";

/** A cluster that Argo CD knows. */
export interface KnownCluster extends ClusterConfig {
  readonly project?: string;
  /** The Secret that declares it; absent for one of the configuration. */
  readonly secret?: FileLine;
}

/** A Secret of a cluster whose name or server the tree does not tell. */
export interface UnreadCluster {
  readonly labels: { readonly [name: string]: string };
  readonly secret: FileLine;
  readonly reason: string;
}

export interface KnownClusters {
  readonly clusters: readonly KnownCluster[];
  readonly unread: readonly UnreadCluster[];
}

/** The clusters of the configuration, and those that Secrets of the tree declare; the configuration wins. */
export function knownClusters(object: GitOpsObject, context: PlanContext): KnownClusters {
  const { config } = context;
  const configured = new Set(config.clusters.map(({ name }) => name));
  const clusters: KnownCluster[] = config.clusters.filter((cluster) => isKnownTo(object, cluster));
  const unread: UnreadCluster[] = [];
  const secrets = ofOwnNamespace(
    context.find(object, { group: "", kind: "Secret", labelled: secretType }),
    object.manifest.identity.namespace,
  );
  for (const [at, manifest] of secrets.entries()) {
    const labels = textMapAt(manifest.value, "metadata", "labels");
    const type = labels[secretType] ?? "";
    if (type !== "cluster" && isKnown(type)) continue;
    const isNamesake = (other: Manifest | undefined): boolean =>
      other?.identity.name === manifest.identity.name && other.identity.namespace === manifest.identity.namespace;
    const read = readCluster(manifest);
    const isRepeated = secrets.some(
      (other) => other !== manifest && read.name !== undefined && readCluster(other).name === read.name,
    );
    // Where the Secret keeps the cluster's name to itself, its own name is what people know the cluster by.
    if (configured.has(read.name ?? manifest.identity.name)) continue;
    const { path, line } = manifest.position;
    const { namespace, name } = manifest.identity;
    const shown = `Secret ${namespace === undefined ? "" : `${namespace}/`}${name}`;
    const refuse = (what: string): number =>
      unread.push({ labels, secret: { path, line }, reason: `${shown} (${path}, line ${line}) ${what}` });
    if (isRepeated || isNamesake(secrets[at - 1]) || isNamesake(secrets[at + 1]))
      refuse("is one of several that declare it, and nothing tells which of them Argo CD has");
    else if (type !== "cluster")
      refuse(`may declare a cluster: its label ${secretType} is encrypted or filled in later`);
    else if (read.name === undefined || read.server === undefined)
      refuse(
        `declares a cluster, and its ${read.name === undefined ? "name" : "server"} is missing, encrypted or filled in later`,
      );
    else {
      clusters.push({
        name: read.name,
        server: read.server,
        labels,
        annotations: textMapAt(manifest.value, "metadata", "annotations"),
        ...(read.project === undefined ? {} : { project: read.project }),
        secret: { path, line },
      });
    }
  }
  return { clusters, unread };
}

/**
 * Without the Secrets of other namespaces whose cluster one in the namespace of the ApplicationSet declares: Argo CD reads
 * those of its own namespace, which is that of the ApplicationSet unless Argo CD is told otherwise.
 */
function ofOwnNamespace(secrets: readonly Manifest[], own: string | undefined): readonly Manifest[] {
  const isOwn = ({ identity: { namespace } }: Manifest): boolean => namespace === undefined || namespace === own;
  const declared = new Set(secrets.filter(isOwn).flatMap((secret) => readCluster(secret).name ?? []));
  return secrets.filter((secret) => isOwn(secret) || !declared.has(readCluster(secret).name ?? ""));
}

/** Whether the Argo CD of an ApplicationSet knows a cluster of the configuration. */
function isKnownTo({ manifest, directories = [] }: GitOpsObject, { applicationSets }: ClusterConfig): boolean {
  if (applicationSets === undefined) return true;
  const holds = environmentPaths(applicationSets);
  return [manifest.position.path, ...directories].some(holds);
}

function readCluster({ value }: Manifest): { readonly [field in "name" | "server" | "project"]: string | undefined } {
  const data = secretData(value);
  const known = (field: string): string | undefined => {
    const text = data[field];
    return text !== undefined && text !== "" && isKnown(text) ? text : undefined;
  };
  return { name: known("name"), server: known("server"), project: known("project") };
}

/** Whether a text is the value itself: neither encrypted nor one that a tool fills in before it is applied. */
function isKnown(text: string): boolean {
  return !isEncryptedValue(text) && !/[${}<>]/.test(text);
}
