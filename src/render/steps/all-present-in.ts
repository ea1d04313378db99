import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import { appliesAlone } from "../files/applies-alone.ts";
import { below } from "../../manifest/pointer.ts";

/**
 * Whether every whole object of a file has arrived in what was rendered: all that it says stands in an object of its
 * kind. So no one can take a manifest out of sight by calling it a patch of something that is not there.
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
      // What a patch is called, and its directives, do not reach the object that it changes.
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
