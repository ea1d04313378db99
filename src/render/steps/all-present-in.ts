import { identityOf, isManifest, isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import { appliesAlone } from "../files/applies-alone.ts";
import { below } from "../../manifest/pointer.ts";

/** How a file's objects are found among rendered ones: a patch with a target may have any name in any namespace. */
export type MatchedBy = "identity" | "kind";

/**
 * Whether every object of a file that applies alone is present in the rendered objects: each of its values is in the same
 * object, or, for a patch with a target, in one of its kind. So a manifest cannot be hidden behind another that has its
 * values, nor by declaring it a patch of an object that does not exist.
 */
export function allPresentIn(
  values: readonly JsonObject[],
  objects: readonly RenderedObject[],
  matchedBy: MatchedBy,
): boolean {
  return values
    .filter(appliesAlone)
    .every((value) =>
      objects.some((object) => matches(object, value, matchedBy) && holds(object.value, unnamed(value, matchedBy), "")),
    );
}

function matches({ identity: rendered }: RenderedObject, value: JsonObject, matchedBy: MatchedBy): boolean {
  if (!isManifest(value)) return false;
  const { group, kind, namespace, name } = identityOf(value);
  if (rendered.group !== group || rendered.kind !== kind) return false;
  if (matchedBy === "kind") return true;
  // Where the file names no namespace, the tool may have set one.
  return rendered.name === name && (namespace === undefined || rendered.namespace === namespace);
}

/** The values that a rendered object must have; the name of a patch with a target does not reach it. */
function unnamed(value: JsonObject, matchedBy: MatchedBy): JsonObject {
  if (matchedBy === "identity" || !isObject(value["metadata"])) return value;
  const { name: _, namespace: __, ...metadata } = value["metadata"];
  return { ...value, metadata };
}

function holds(whole: Json | undefined, part: Json, pointer: string): boolean {
  if (isObject(part)) {
    if (!isObject(whole)) return false;
    return Object.entries(part).every(([key, value]: readonly [string, Json]) => {
      const at = below(pointer, key);
      // Another version of the same group, and the directives of a patch, do not reach the object.
      if (at === "/apiVersion" || key === "$patch") return true;
      return Object.hasOwn(whole, key) && holds(whole[key], value, at);
    });
  }
  if (Array.isArray(part)) {
    if (!Array.isArray(whole)) return false;
    return part.every((item: Json) => (whole as readonly Json[]).some((held) => holds(held, item, `${pointer}/-`)));
  }
  return whole === part;
}
