import type { JsonObject } from "../model/json.ts";
import { isObject } from "./identity.ts";

const MASK = "***";
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** A Secret of the core group with its keys and without its values; any other object as it is. */
export function withoutSecretValues(value: JsonObject): JsonObject {
  if (value["kind"] !== "Secret" || value["apiVersion"] !== "v1") return value;
  const masked: { [key: string]: JsonObject[string] } = { ...value };
  for (const key of ["data", "stringData"]) if (Object.hasOwn(value, key)) masked[key] = maskedValues(value[key]);
  const metadata = value["metadata"];
  if (isObject(metadata) && isObject(metadata["annotations"]) && Object.hasOwn(metadata["annotations"], lastApplied))
    masked["metadata"] = { ...metadata, annotations: { ...metadata["annotations"], [lastApplied]: MASK } };
  return masked;
}

function maskedValues(map: JsonObject[string] | undefined): JsonObject[string] {
  if (!isObject(map)) return map === null || map === undefined ? null : MASK;
  return Object.fromEntries(Object.keys(map).map((key) => [key, MASK]));
}
