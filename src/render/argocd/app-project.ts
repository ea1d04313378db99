import { isObject } from "../../manifest/identity.ts";
import type { Manifest } from "../../model/manifest.ts";
import { fieldsOf } from "./fields.ts";
import { matchesGlob } from "./glob.ts";

/** What an AppProject permits, read from its spec. A field of a wrong type counts as absent: schema validation reports it. */
export interface AppProject {
  readonly name: string;
  readonly namespace?: string;
  readonly destinations: readonly ClusterTarget[];
  readonly sourceRepos: readonly string[];
  readonly sourceNamespaces: readonly string[];
  readonly clusterAllowed: readonly ResourcePattern[];
  readonly clusterDenied: readonly ResourcePattern[];
  /** Absent: all kinds. */
  readonly namespaceAllowed?: readonly ResourcePattern[];
  readonly namespaceDenied: readonly ResourcePattern[];
  readonly syncWindows: readonly SyncWindow[];
}

/** A cluster (by name and server) and a namespace: patterns in an AppProject, values in an Application. */
export interface ClusterTarget {
  readonly name: string;
  readonly server: string;
  readonly namespace: string;
}

export interface ResourcePattern {
  readonly group: string;
  readonly kind: string;
  /** Of cluster-scoped kinds only; empty: any. */
  readonly name: string;
}

export interface SyncWindow {
  readonly kind: string;
  readonly schedule: string;
  readonly duration: string;
  readonly applications: readonly string[];
  readonly namespaces: readonly string[];
  readonly clusters: readonly string[];
  readonly andOperator: boolean;
}

/** Reads what an AppProject permits from its manifest. */
export function readAppProject({ value, identity }: Manifest): AppProject {
  const spec = fieldsOf(isObject(value["spec"]) ? value["spec"] : {}, "/spec", () => {});
  const patterns = (key: string): readonly ResourcePattern[] =>
    spec.objects(key).map((one) => ({ group: one.text("group"), kind: one.text("kind"), name: one.text("name") }));
  return {
    name: identity.name,
    ...(identity.namespace === undefined ? {} : { namespace: identity.namespace }),
    destinations: spec.objects("destinations").map((one) => ({
      name: one.text("name"),
      server: one.text("server"),
      namespace: one.text("namespace"),
    })),
    sourceRepos: spec.texts("sourceRepos"),
    sourceNamespaces: spec.texts("sourceNamespaces"),
    clusterAllowed: patterns("clusterResourceWhitelist"),
    clusterDenied: patterns("clusterResourceBlacklist"),
    ...(Array.isArray(spec.value["namespaceResourceWhitelist"])
      ? { namespaceAllowed: patterns("namespaceResourceWhitelist") }
      : {}),
    namespaceDenied: patterns("namespaceResourceBlacklist"),
    syncWindows: spec.objects("syncWindows").map((one) => ({
      kind: one.text("kind"),
      schedule: one.text("schedule"),
      duration: one.text("duration"),
      applications: one.texts("applications"),
      namespaces: one.texts("namespaces"),
      clusters: one.texts("clusters"),
      andOperator: one.flag("andOperator"),
    })),
  };
}

/** `unknown`: the destination is known by name only or by server only, and the project limits the other one. */
export type Permission = "permitted" | "denied" | "unknown";

/** Applies Argo CD's rule: one destination must match and no denial (`!…`) may apply. An empty name or server is unknown. */
export function permitsDestination({ destinations }: AppProject, target: ClusterTarget): Permission {
  let permitted = false;
  let unknown = false;
  for (const item of destinations) {
    const name = matchesTarget(item.name, target.name);
    const server = matchesTarget(item.server, target.server);
    const namespace = matches(item.namespace, target.namespace);
    if ((name === "yes" || server === "yes") && namespace) permitted = true;
    else if (name === "no" && isDenial(item.name)) return "denied";
    else if (server === "no" && isDenial(item.server) && namespace) return "denied";
    else if (!namespace && isDenial(item.namespace) && server === "yes") return "denied";
    else if (namespace && (name === "unknown" || server === "unknown")) unknown = true;
  }
  return permitted ? "permitted" : unknown ? "unknown" : "denied";
}

function matchesTarget(pattern: string, value: string): "yes" | "no" | "unknown" {
  if (value !== "" || pattern === "") return value !== "" && matches(pattern, value) ? "yes" : "no";
  return pattern === "*" ? "yes" : "unknown";
}

/** Applies Argo CD's rule: one pattern must match the URL and no denial (`!…`) may apply. */
export function permitsSource({ sourceRepos }: AppProject, url: string): boolean {
  const wanted = comparedUrl(url);
  let permitted = false;
  for (const pattern of sourceRepos) {
    const denial = isDenial(pattern);
    const compared = comparedUrl(denial ? pattern.slice(1) : pattern);
    const matched = compared === "*" || matchesGlob(compared, wanted, "argo-path");
    if (denial ? !matched : matched) permitted = true;
    else if (denial) return false;
  }
  return permitted;
}

/** Whether a kind is permitted: a cluster-scoped kind must be listed; a namespaced one must be listed only where there is a list. */
export function permitsKind(
  project: AppProject,
  { group, kind, name }: ResourcePattern,
  scope: "cluster" | "namespace",
): boolean {
  const listed = (patterns: readonly ResourcePattern[], named: boolean): boolean =>
    patterns.some(
      (one) =>
        matchesGlob(one.kind, kind, "go-path") &&
        matchesGlob(one.group, group, "go-path") &&
        (!named || one.name === "" || matchesGlob(one.name, name, "go-path")),
    );
  if (scope === "cluster") return listed(project.clusterAllowed, true) && !listed(project.clusterDenied, true);
  const allowed = project.namespaceAllowed === undefined || listed(project.namespaceAllowed, false);
  return allowed && !listed(project.namespaceDenied, false);
}

/** Whether a pattern matches a value: a glob with `*`, negated where it begins with `!`. */
export function matches(pattern: string, value: string): boolean {
  if (isDenial(pattern)) return !matchesGlob(pattern.slice(1), value, "argo");
  return pattern === "*" || matchesGlob(pattern, value, "argo");
}

function isDenial(pattern: string): boolean {
  return pattern.startsWith("!");
}

/** A Git URL in the form that Argo CD compares: lower case, one form of SSH, without `.git`. */
function comparedUrl(url: string): string {
  let text = url.trim().toLowerCase();
  if (/^(?:ssh:\/\/)?[^/:]*@[^@]+$/.test(text)) text = text.replace(/^ssh:\/\//, "").replace(":", "/");
  return text.replace(/\.git$/, "").replace(/^ssh:\/\//, "");
}
