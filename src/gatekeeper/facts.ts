import { canonicalJson } from "../manifest/canonical-json.ts";
import { isObject } from "../manifest/identity.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { Fact, KnownFacts } from "../model/fact.ts";
import type { JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { expand, type Expansion } from "./expansion.ts";
import { knownFrom } from "./known-from.ts";
import { nothingKnown, type KnownObjects } from "./known-objects.ts";
import { needsNamespace, type Reviewed } from "./match.ts";
import type { Constraint } from "./read-constraint.ts";
import type { ReviewAsk } from "./review-objects.ts";
import { labelsOf } from "./values.ts";

/** The key of the facts that hold every object, for `data.inventory`. */
export const inventoryKey = "gatekeeper/inventory";

/** The label that the API server gives to every Namespace. */
const nameLabel = "kubernetes.io/metadata.name";

/** The Namespaces that every cluster has. */
const always = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

/** The key of the fact that is a Namespace. */
export function namespaceKey(name: string): string {
  return `gatekeeper/namespace/${name}`;
}

/** What some policies need to know of other objects. */
export interface Needs {
  readonly inventory: boolean;
  readonly namespaces: boolean;
}

/** What the constraints of a set need to know of other objects. */
export function needsOf(constraints: readonly Constraint[]): Needs {
  return {
    inventory: constraints.some(readsInventory),
    namespaces: constraints.some((one) => readsNamespace(one) || one.match?.["namespaceSelector"] !== undefined),
  };
}

/** What a manifest tells about others. */
export function factsOf({ identity, value }: Manifest, { inventory, namespaces }: Needs): readonly Fact[] {
  const isNamespace = identity.group === "" && identity.kind === "Namespace";
  if (!inventory && !(namespaces && isNamespace)) return [];
  const fact = (key: string, of: JsonObject): Fact => ({ key, digest: sha256(canonicalJson(of)), value: of });
  return [
    ...(inventory ? [fact(inventoryKey, value)] : []),
    ...(namespaces && isNamespace ? [fact(namespaceKey(identity.name), value)] : []),
  ];
}

/** The keys of the facts that constraints await for an object, by constraint; those that await none are left out. */
export function awaitedFacts(
  constraints: readonly Constraint[],
  expansions: readonly Expansion[],
  { object, group, kind, namespace }: ReviewAsk,
): ReadonlyMap<Constraint, readonly string[]> {
  const own: Reviewed = { object, group, kind, namespace, source: "Original" };
  const made = expand(object, expansions).made.map((one): Reviewed => ({
    object: one.object,
    group: one.expansion.group,
    kind: one.expansion.kind,
    namespace,
    source: "Generated",
  }));
  const awaited = new Map<Constraint, readonly string[]>();
  for (const constraint of constraints) {
    const keys = [own, ...made].flatMap((reviewed) => keysOf(constraint, reviewed));
    if (keys.length > 0) awaited.set(constraint, [...new Set(keys)]);
  }
  return awaited;
}

function keysOf(constraint: Constraint, reviewed: Reviewed): readonly string[] {
  const { namespace } = reviewed;
  const found = needsNamespace(constraint.match, reviewed);
  if (found === "no") return [];
  const ofNamespace = namespace !== undefined && (found === "unknown" || readsNamespace(constraint));
  return [...(readsInventory(constraint) ? [inventoryKey] : []), ...(ofNamespace ? [namespaceKey(namespace)] : [])];
}

const known = new WeakMap<KnownFacts, KnownObjects>();

/** What facts tell. Namespaces have the label that the API server gives them. */
export function knownFromFacts(facts: KnownFacts): KnownObjects {
  const made = known.get(facts) ?? make(facts);
  known.set(facts, made);
  return made;
}

function make({ facts }: KnownFacts): KnownObjects {
  const objects = facts.flatMap(({ key, value }) => (key === inventoryKey && isObject(value) ? [value] : []));
  const namespaces = new Map(
    facts.flatMap(({ key, value }) => (key !== inventoryKey && isObject(value) ? [[key, value] as const] : [])),
  );
  const { inventory } = objects.length === 0 ? nothingKnown : knownFrom(objects);
  return {
    inventory,
    namespace: (name) => {
      const found = namespaces.get(namespaceKey(name));
      if (found === undefined && !always.has(name)) return undefined;
      return withName(found ?? { apiVersion: "v1", kind: "Namespace" }, name);
    },
  };
}

function withName(namespace: JsonObject, name: string): JsonObject {
  const metadata = isObject(namespace["metadata"]) ? namespace["metadata"] : {};
  return { ...namespace, metadata: { ...metadata, name, labels: { [nameLabel]: name, ...labelsOf(namespace) } } };
}

function readsInventory({ template }: Constraint): boolean {
  return template.reads.has("inventory");
}

function readsNamespace({ template }: Constraint): boolean {
  return template.reads.has("namespaceObject");
}
