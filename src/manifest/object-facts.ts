import type { Fact, KnownFacts } from "../model/fact.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { canonicalJson } from "./canonical-json.ts";
import { isClusterScoped } from "./cluster-scoped.ts";
import { identityOf, isManifest, isObject } from "./identity.ts";
import { sha256 } from "./sha256.ts";
import { withoutSecretValues } from "./without-secret-values.ts";

/** Kinds of objects by name, whatever their group. */
export type Kinds = readonly string[] | "all";

/** The keys of the facts that are the objects of some kinds. */
export function objectKeys(kinds: Kinds): readonly string[] {
  return kinds === "all" ? [keyOf("*")] : kinds.map(keyOf);
}

function keyOf(kind: string): string {
  return `object ${kind}`;
}

/** The object itself as a fact, where it is of one of the kinds; values of Secrets are masked. */
export function objectFacts({ identity, value }: Manifest, kinds: Kinds): readonly Fact[] {
  if (kinds !== "all" && !kinds.includes(identity.kind)) return [];
  const known = prepared.get(value) ?? prepare(value);
  prepared.set(value, known);
  return [{ key: keyOf(kinds === "all" ? "*" : identity.kind), ...known }];
}

/** One value stands in every environment that it lands in. */
const prepared = new WeakMap<JsonObject, Pick<Fact, "digest" | "value">>();

function prepare(object: JsonObject): Pick<Fact, "digest" | "value"> {
  const value = withoutSecretValues(object);
  return { digest: sha256(canonicalJson(value)), value };
}

/** Objects as Gatekeeper's policies look them up. */
export interface Inventory {
  /** By `group/version` (`v1` for the core group), kind and name. */
  readonly cluster: JsonObject;
  /** By namespace, then the same. */
  readonly namespace: JsonObject;
}

/**
 * The objects among facts. One without a namespace is in `default`, unless its kind has none; where the kind does not tell, it
 * is in both places. Of several objects of one name, which differ, the last in the order of the facts counts.
 */
export function inventoryOf({ facts }: KnownFacts): Inventory {
  const inventory = { cluster: empty(), namespace: empty() };
  for (const { key, value } of facts) {
    if (!key.startsWith(keyOf("")) || !isManifest(value)) continue;
    const { group, kind, namespace, name } = identityOf(value);
    const isCluster = namespace === undefined ? isClusterScoped(group, kind) : false;
    if (isCluster !== false) put(inventory.cluster, [value.apiVersion, kind, name], value);
    if (isCluster !== true) put(inventory.namespace, [namespace ?? "default", value.apiVersion, kind, name], value);
  }
  return inventory;
}

/**
 * The places among those with a namespace of which facts tell several objects, which differ: such as those of overlays for
 * several clusters that are judged without environments. In the shape of the inventory, with `true` for the object.
 */
export function severalOf({ facts }: KnownFacts): JsonObject {
  const seen = new Map<string, string>();
  const several = { namespace: empty() };
  for (const { key, value, digest } of facts) {
    if (!key.startsWith(keyOf("")) || !isManifest(value)) continue;
    const { kind, namespace, name } = identityOf(value);
    const path = [namespace ?? "default", value.apiVersion, kind, name];
    const place = JSON.stringify(path);
    const first = seen.get(place);
    if (first !== undefined && first !== digest) put(several.namespace, path, true);
    seen.set(place, digest);
  }
  return several;
}

interface Branch {
  [key: string]: JsonObject[string];
}

/** Without a prototype, so that any name is a key. */
function empty(): Branch {
  return Object.create(null) as Branch;
}

function put(root: Branch, path: readonly string[], value: Json): void {
  let at = root;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    const below: Branch = isObject(next) ? next : empty();
    at[key] = below;
    at = below;
  }
  at[path.at(-1) ?? ""] = value;
}
