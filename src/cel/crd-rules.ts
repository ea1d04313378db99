import { canonicalJson } from "../manifest/canonical-json.ts";
import { isObject } from "../manifest/identity.ts";
import { isList, member } from "../manifest/member.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { Fact } from "../model/fact.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { CelDefinition } from "./cel-module.ts";

const keyword = "x-kubernetes-validations";

/** The key of the rules of a custom kind, independent of its version. */
export function rulesKey(group: string, kind: string): string {
  return `cel-rules ${group}/${kind}`;
}

/** The CRD that a manifest is, as far as its rules depend on it; undefined for one without rules and for any other manifest. */
export function definitionOf({ identity, value }: Manifest): CelDefinition | undefined {
  if (identity.group !== "apiextensions.k8s.io" || identity.kind !== "CustomResourceDefinition") return undefined;
  // CRDs of v1beta1 had no rules.
  if (value["apiVersion"] !== "apiextensions.k8s.io/v1" || !hasRules(value["spec"] ?? null)) return undefined;
  const definition: JsonObject = {
    apiVersion: value["apiVersion"],
    kind: "CustomResourceDefinition",
    metadata: { name: identity.name },
    spec: withoutProse(value["spec"] ?? null),
  };
  return { digest: sha256(canonicalJson(definition)), value: definition };
}

/** The rules that a CRD declares, as a fact for the manifests of its kind. */
export function rulesOfCrd(manifest: Manifest): readonly Fact[] {
  const definition = definitionOf(manifest);
  if (definition === undefined) return [];
  const spec = manifest.value["spec"];
  const group = member(spec, "group");
  const kind = member(member(spec, "names"), "kind");
  if (typeof group !== "string" || typeof kind !== "string") return [];
  return [{ key: rulesKey(group, kind), ...definition, reach: "everywhere" }];
}

function hasRules(value: Json): boolean {
  if (isList(value)) return value.some(hasRules);
  if (!isObject(value)) return false;
  return Object.keys(value).some(
    (key) => (key === keyword && isList(value[key]) && value[key].length > 0) || hasRules(value[key] ?? null),
  );
}

// Descriptions make up most of a CRD and are not needed.
function withoutProse(value: Json): Json {
  if (isList(value)) return value.map(withoutProse);
  if (!isObject(value)) return value;
  const kept = Object.keys(value).filter((key) => key !== "description" || typeof value[key] !== "string");
  return Object.fromEntries(
    kept.map((key) => [
      key,
      key === "default" || key === "enum" || key === keyword ? (value[key] ?? null) : withoutProse(value[key] ?? null),
    ]),
  );
}
