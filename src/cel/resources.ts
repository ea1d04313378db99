import { isList, member } from "../manifest/member.ts";
import { canonicalJson } from "../manifest/canonical-json.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { Fact } from "../model/fact.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";

/** How the API server serves a custom kind. */
export interface Served {
  readonly plural: string;
  readonly clusterScoped: boolean;
  readonly versions: readonly string[];
  /** Versions differ in their name alone, so that an object of one is one of another. */
  readonly alike: boolean;
}

/** The key of how a custom kind is served. */
export function servedKey(group: string, kind: string): string {
  return `cel-served ${group}/${kind}`;
}

/** How a CRD's kind is served, as a fact; none for any other manifest. */
export function servedByCrd({ identity, value }: Manifest): readonly Fact[] {
  if (identity.group !== "apiextensions.k8s.io" || identity.kind !== "CustomResourceDefinition") return [];
  const spec = member(value, "spec");
  const group = member(spec, "group");
  const kind = member(member(spec, "names"), "kind");
  const plural = member(member(spec, "names"), "plural");
  if (typeof group !== "string" || typeof kind !== "string" || typeof plural !== "string") return [];
  const listed = member(spec, "versions");
  const versions = (isList(listed) ? listed : []).filter((one) => member(one, "served") !== false);
  const served: JsonObject = {
    plural,
    clusterScoped: member(spec, "scope") === "Cluster",
    versions: versions.map((one) => member(one, "name") ?? ""),
    alike: member(member(spec, "conversion"), "strategy") !== "Webhook",
  };
  return [{ key: servedKey(group, kind), digest: sha256(canonicalJson(served)), value: served, reach: "everywhere" }];
}

/** Reads how a kind is served from its fact. */
export function servedOf({ value }: Fact): Served {
  const versions = member(value, "versions");
  const plural = member(value, "plural");
  return {
    plural: typeof plural === "string" ? plural : "",
    clusterScoped: member(value, "clusterScoped") === true,
    versions: isList(versions) ? versions.filter((one) => typeof one === "string") : [],
    alike: member(value, "alike") === true,
  };
}

/** The resource of a kind as Kubernetes itself names it: of its own kinds this is always right. */
export function resourceOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular === "endpoints") return singular;
  if (/(?:s|x|ch|sh)$/.test(singular)) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

/** The labels of an object. */
export function labelsOf(value: Json | undefined): Json | undefined {
  return member(member(value, "metadata"), "labels");
}
