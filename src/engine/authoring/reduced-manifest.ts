import { isObject } from "../../manifest/identity.ts";
import { valueAt } from "../../manifest/pointer.ts";
import type { Json, JsonObject } from "../../model/json.ts";

const MOST_TRIED = 400;
/** What makes it a manifest that people recognise. */
const KEPT = new Set(["apiVersion", "kind", "metadata", "metadata name"]);

type Path = readonly (string | number)[];

/**
 * The manifest without all that it can be without for `holds` to be true of it: larger parts are left out first. `holds` is
 * true of the manifest itself.
 */
export async function reducedManifest(
  manifest: JsonObject,
  holds: (of: JsonObject) => Promise<boolean>,
): Promise<JsonObject> {
  let current = manifest;
  let tried = 0;
  for (let smaller = true; smaller && tried < MOST_TRIED;) {
    smaller = false;
    for (let open: Path[] = [[]]; open.length > 0 && tried < MOST_TRIED;) {
      const next: Path[] = [];
      for (const path of open) {
        // From the end, so that the places of earlier items stay.
        for (const child of childrenOf(current, path).toReversed()) {
          if (KEPT.has(child.join(" "))) {
            next.push(child);
            continue;
          }
          if (tried >= MOST_TRIED) break;
          const without = removed(current, child);
          tried += 1;
          if (isObject(without) && (await holds(without))) [current, smaller] = [without, true];
          else next.push(child);
        }
      }
      open = next;
    }
  }
  return current;
}

function childrenOf(value: Json, path: Path): readonly Path[] {
  const at = valueAt(value, path.map(String));
  if (Array.isArray(at)) return at.map((_, index) => [...path, index]);
  return isObject(at) ? Object.keys(at).map((key) => [...path, key]) : [];
}

function removed(value: Json, [key, ...rest]: Path): Json {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    return rest.length === 0
      ? items.filter((_, at) => at !== key)
      : items.map((item, at) => (at === key ? removed(item, rest) : item));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      name !== key ? [[name, item]] : rest.length === 0 ? [] : [[name, removed(item, rest)]],
    ),
  );
}
