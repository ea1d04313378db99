import { sha256 } from "../manifest/sha256.ts";
import { canonicalJson } from "../manifest/canonical-json.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { writeJson } from "../rego/value/json-text.ts";
import { nothingKnown, type KnownObjects } from "./known-objects.ts";
import { textAt } from "./values.ts";

/** Some objects as Gatekeeper would have cached them: `data.inventory`, and the Namespaces among them. */
export function knownFrom(objects: readonly JsonObject[]): KnownObjects {
  if (objects.length === 0) return nothingKnown;
  const cluster: Tree = {};
  const namespaced: Tree = {};
  for (const object of objects) {
    const apiVersion = textAt(object, "apiVersion") ?? "";
    const kind = textAt(object, "kind") ?? "";
    const name = textAt(object, "metadata", "name") ?? "";
    const namespace = textAt(object, "metadata", "namespace") ?? "";
    const keys = [apiVersion, kind, name];
    if (namespace === "") put(cluster, keys, object);
    else put(namespaced, [namespace, ...keys], object);
  }
  const inventory = { cluster: cluster as JsonObject, namespace: namespaced as JsonObject };
  let text: string | undefined;
  return {
    namespace: (name) => {
      const found = (cluster["v1"] as JsonObject | undefined)?.["Namespace"] as JsonObject | undefined;
      return found?.[name] as JsonObject | undefined;
    },
    inventory: { key: sha256(canonicalJson(inventory)), text: () => (text ??= writeJson({ inventory })) },
  };
}

interface Tree {
  [key: string]: Tree | Json;
}

function put(tree: Tree, keys: readonly string[], value: Json): void {
  const [key = "", ...rest] = keys;
  if (rest.length === 0) tree[key] = value;
  else put((tree[key] ??= {}) as Tree, rest, value);
}
