import { isObject } from "../../manifest/identity.ts";
import type { Change } from "../../model/change.ts";
import type { Json } from "../../model/json.ts";
import type { ImageChange } from "../../model/rollback.ts";
import { manifestOf } from "./environment-states.ts";
import { objectName } from "./object-name.ts";

/** The containers that run another image after a change. */
export function changedImages(changes: readonly Change[]): readonly ImageChange[] {
  return changes.flatMap((change) => {
    if (change.kind !== "updated" && change.kind !== "moved") return [];
    const after = imagesIn(change.after.value);
    return [...imagesIn(change.before.value)].flatMap(([container, before]) => {
      const now = after.get(container);
      if (now === undefined || now === before) return [];
      return [{ manifest: objectName(manifestOf(change)), container: nameIn(container), before, after: now }];
    });
  });
}

const lists = new Set(["containers", "initContainers", "ephemeralContainers"]);

/** Images by the place and name of their container. */
function imagesIn(value: Json, path = ""): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (more: ReadonlyMap<string, string>): void => more.forEach((image, key) => found.set(key, image));
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) add(imagesIn(item as Json, `${path}/${at}`));
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (lists.has(key) && Array.isArray(item)) add(containersIn(item as readonly Json[], `${path}/${key}`));
      else add(imagesIn(item, `${path}/${key}`));
    }
  }
  return found;
}

function containersIn(containers: readonly Json[], path: string): ReadonlyMap<string, string> {
  return new Map(
    containers.flatMap((container) => {
      if (!isObject(container)) return [];
      const { name, image } = container;
      return typeof name === "string" && typeof image === "string" ? [[`${path}/${name}`, image] as const] : [];
    }),
  );
}

function nameIn(container: string): string {
  return container.slice(container.lastIndexOf("/") + 1);
}
