import { isObject } from "../../manifest/identity.ts";
import type { Change } from "../../model/change.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Loss } from "../../model/rollback.ts";
import { valueAt } from "../dangers/differences.ts";
import { quantity } from "../dangers/quantity.ts";
import { objectName } from "./object-name.ts";

/** Claims of a StatefulSet that were smaller then: the volumes that are there do not shrink. */
export function shrunkVolumes(change: Change): readonly Loss[] {
  if (change.kind !== "updated" && change.kind !== "moved") return [];
  const { identity } = change.after;
  if (identity.group !== "apps" || identity.kind !== "StatefulSet") return [];
  const then = sizesOf(change.after.value);
  return [...sizesOf(change.before.value)].flatMap(([name, now]): readonly Loss[] => {
    const was = then.get(name);
    const [size, old] = [quantity(now), quantity(was)];
    if (size === undefined || old === undefined || old >= size) return [];
    return [
      {
        kind: "volume",
        manifest: objectName(change.after),
        message: `the claims of ${name} ask for ${now} now and asked for ${was} then: a volume does not shrink, so the ones that are there keep their size`,
      },
    ];
  });
}

function sizesOf(statefulSet: JsonObject): ReadonlyMap<string, string | number> {
  const templates = valueAt(statefulSet, ["spec", "volumeClaimTemplates"]);
  if (!Array.isArray(templates)) return new Map();
  return new Map(
    templates.flatMap((template) => {
      if (!isObject(template)) return [];
      const name = valueAt(template, ["metadata", "name"]);
      const size = valueAt(template, ["spec", "resources", "requests", "storage"]);
      return typeof name === "string" && (typeof size === "string" || typeof size === "number")
        ? [[name, size] as const]
        : [];
    }),
  );
}
