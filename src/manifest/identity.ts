import type { Json, JsonObject } from "../model/json.ts";
import type { Identity } from "../model/manifest.ts";

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a Kubernetes object by Kubernetes' own test: `apiVersion` and `kind` are non-empty strings. */
export function isManifest(
  value: Json | undefined,
): value is JsonObject & { readonly apiVersion: string; readonly kind: string } {
  return isObject(value) && isText(value["apiVersion"]) && isText(value["kind"]);
}

/** The identity of an object; `generateName` followed by `*` replaces a name that Kubernetes will generate. */
export function identityOf(value: JsonObject & { readonly apiVersion: string; readonly kind: string }): Identity {
  const slash = value.apiVersion.indexOf("/");
  const metadata = isObject(value["metadata"]) ? value["metadata"] : {};
  const namespace = own(metadata, "namespace");
  const name = own(metadata, "name");
  const generateName = own(metadata, "generateName");
  return {
    group: slash === -1 ? "" : value.apiVersion.slice(0, slash),
    kind: value.kind,
    ...(isText(namespace) ? { namespace } : {}),
    name: isText(name) ? name : isText(generateName) ? `${generateName}*` : "",
  };
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string" && value !== "";
}
