import { isObject } from "../../../manifest/identity.ts";
import type { Json, JsonObject } from "../../../model/json.ts";

/**
 * Applies a strategic merge patch to an Application as Kubernetes does: null deletes, `$patch: replace` and `delete` are
 * followed, lists are replaced (Application has no merge keys) but finalizers, which are united.
 */
export function patchApplication(application: JsonObject, patch: JsonObject): JsonObject {
  return patchObject(application, patch, "");
}

function patchObject(target: JsonObject, patch: JsonObject, path: string): JsonObject {
  const directive = patch["$patch"];
  const written = Object.entries(patch).filter(([key]) => !key.startsWith("$"));
  if (directive === "delete") return {};
  if (directive === "replace") return Object.fromEntries(written);
  const result = new Map<string, Json>(Object.entries(target));
  for (const [key, value] of written) {
    const old = result.get(key);
    if (value === null) result.delete(key);
    else if (isObject(value)) result.set(key, patchObject(isObject(old) ? old : {}, value, `${path}/${key}`));
    else if (`${path}/${key}` === "/metadata/finalizers" && Array.isArray(value) && Array.isArray(old)) {
      const texts = [...old, ...value].filter((item: Json) => typeof item === "string");
      result.set(
        key,
        [...new Set(texts)].toSorted((one, other) => (one < other ? -1 : 1)),
      );
    } else result.set(key, value);
  }
  return Object.fromEntries(result);
}
