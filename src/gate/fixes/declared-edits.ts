import type { Edit } from "../../manifest/edit-json.ts";
import { isObject } from "../../manifest/identity.ts";
import { keysOf, valueAt } from "../../manifest/pointer.ts";
import type { Finding } from "../../model/finding.ts";
import type { DeclaredFix } from "../../model/fix.ts";
import type { JsonObject, Pointer } from "../../model/json.ts";

/**
 * The edits that a declared fix asks for in the object of a finding, with pointers from the object; undefined where the object
 * has no such place.
 */
export function declaredEdits(
  { in: place, set = {}, add = {}, remove = [] }: DeclaredFix,
  { pointer, manifest }: Pick<Finding, "pointer" | "manifest">,
  object: JsonObject,
): readonly Edit[] | undefined {
  const start = startOf(place, { pointer, kind: manifest.kind, object });
  if (start === undefined || valueAt(object, keysOf(start)) === undefined) return undefined;
  return [
    ...remove.map((to) => ({ kind: "remove" as const, pointer: start + to })),
    ...Object.entries(set).map(([to, value]) => ({ kind: "set" as const, pointer: start + to, value })),
    ...Object.entries(add).map(([to, items]) => ({ kind: "add" as const, pointer: start + to, items })),
  ];
}

interface Where {
  readonly pointer: Pointer;
  readonly kind: string;
  readonly object: JsonObject;
}

function startOf(place: DeclaredFix["in"], where: Where): Pointer | undefined {
  const { pointer } = where;
  switch (place) {
    case "object":
      return "";
    case "value":
      return pointer;
    case "container":
      return /^.*?\/(?:containers|initContainers|ephemeralContainers|steps|sidecars)\/\d+(?=\/|$)/.exec(pointer)?.[0];
    case "pod":
      return podSpecOf(where);
    default:
      return place satisfies never;
  }
}

/**
 * Where an object has its pod spec: at the place of its kind, of which controllers of other groups follow the form of
 * Deployments; else what has containers at the place of the finding or above it.
 */
function podSpecOf({ pointer, kind, object }: Where): Pointer | undefined {
  const known = placeOfKind(kind);
  if (valueAt(object, keysOf(known)) !== undefined) return known;
  for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const value = valueAt(object, keysOf(at));
    if (isObject(value) && Array.isArray(value["containers"])) return at;
  }
  return undefined;
}

function placeOfKind(kind: string): Pointer {
  if (kind === "Pod") return "/spec";
  if (kind === "PodTemplate") return "/template/spec";
  return kind === "CronJob" ? "/spec/jobTemplate/spec/template/spec" : "/spec/template/spec";
}
