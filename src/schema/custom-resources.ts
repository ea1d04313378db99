import { canonicalJson } from "../manifest/canonical-json.ts";
import { isObject } from "../manifest/identity.ts";
import { isList, member } from "../manifest/member.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { Fact } from "../model/fact.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { readSchema } from "./read-schema.ts";
import type { Schema } from "./schema.ts";

/** One version of a custom kind, as its CRD declares it. */
export interface CustomVersion {
  readonly name: string;
  readonly served: boolean;
  /** Why not to use it, where the CRD marks it as deprecated. */
  readonly deprecated?: string;
  /** Absent: anything goes, as in a CRD of old without validation. */
  readonly schema?: Schema;
  /** `status` is written through its own endpoint only. */
  readonly hasStatus: boolean;
}

/** The key of a custom kind, independent of its version. */
export function customKey(group: string, kind: string): string {
  return group === "" ? kind : `${group}/${kind}`;
}

/** The facts of a CRD: the schemas it declares. Empty for any other manifest. */
export function factsOfCrd({ identity, value }: Manifest): readonly Fact[] {
  if (identity.group !== "apiextensions.k8s.io" || identity.kind !== "CustomResourceDefinition") return [];
  const spec = member(value, "spec");
  const group = member(spec, "group");
  const kind = member(member(spec, "names"), "kind");
  if (!isObject(spec) || typeof group !== "string" || typeof kind !== "string") return [];
  const facts: JsonObject = { old: value["apiVersion"] === "apiextensions.k8s.io/v1beta1", spec: withoutProse(spec) };
  return [{ key: customKey(group, kind), digest: sha256(canonicalJson(facts)), value: facts, reach: "everywhere" }];
}

// Descriptions make up most of a CRD and are not needed.
function withoutProse(value: Json): Json {
  if (isList(value)) return value.map(withoutProse);
  if (!isObject(value)) return value;
  const kept = Object.keys(value).filter((key) => key !== "description" || typeof value[key] !== "string");
  return Object.fromEntries(
    kept.map((key) => [key, isData(key) ? (value[key] ?? null) : withoutProse(value[key] ?? null)]),
  );
}

function isData(key: string): boolean {
  return key === "default" || key === "enum";
}

/** Reads the versions of a custom kind from its fact. */
export function versionsOf({ value }: Fact): readonly CustomVersion[] {
  const spec = member(value, "spec");
  const old = member(value, "old") === true;
  const listed = member(spec, "versions");
  const single = member(spec, "version");
  const versions: readonly Json[] =
    isList(listed) && listed.length > 0 ? listed : [{ name: single ?? null, served: true }];
  return versions.flatMap((version) => {
    const name = member(version, "name");
    if (typeof name !== "string") return [];
    const declared = member(version, "schema") ?? (old ? member(spec, "validation") : undefined);
    const schema = readSchema(member(declared, "openAPIV3Schema"));
    const warning = member(version, "deprecationWarning");
    const prunes = old ? member(spec, "preserveUnknownFields") === false : true;
    return {
      name,
      served: member(version, "served") !== false,
      ...(member(version, "deprecated") === true ? { deprecated: typeof warning === "string" ? warning : "" } : {}),
      ...(schema === undefined
        ? {}
        : { schema: prunes ? schema : { ...schema, "x-kubernetes-preserve-unknown-fields": true } }),
      hasStatus: isObject(
        member(member(version, "subresources") ?? (old ? member(spec, "subresources") : undefined), "status"),
      ),
    };
  });
}
