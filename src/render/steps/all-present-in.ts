import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import { appliesAlone } from "../files/applies-alone.ts";
import { below } from "../../manifest/pointer.ts";

/**
 * Whether every object of a file that applies alone is present in the rendered objects: each of its values is in an object of its
 * kind. So a manifest cannot be hidden by declaring it a patch of an object that does not exist.
 */
export function allPresentIn(values: readonly JsonObject[], objects: readonly RenderedObject[]): boolean {
  return values
    .filter(appliesAlone)
    .every((value) =>
      objects.some((object) => object.value["kind"] === value["kind"] && holds(object.value, value, "")),
    );
}

function holds(whole: Json | undefined, part: Json, pointer: string): boolean {
  if (isObject(part)) {
    if (!isObject(whole)) return false;
    return Object.entries(part).every(([key, value]: readonly [string, Json]) => {
      const at = below(pointer, key);
      // The name of a patch and its directives do not reach the object that it changes.
      if (at === "/apiVersion" || at === "/metadata/name" || at === "/metadata/namespace" || key === "$patch")
        return true;
      return Object.hasOwn(whole, key) && holds(whole[key], value, at);
    });
  }
  if (Array.isArray(part)) {
    if (!Array.isArray(whole)) return false;
    return part.every((item: Json) => (whole as readonly Json[]).some((held) => holds(held, item, `${pointer}/-`)));
  }
  return whole === part;
}
