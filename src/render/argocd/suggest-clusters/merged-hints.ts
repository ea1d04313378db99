import { isObject } from "../../../manifest/identity.ts";
import type { Json, JsonObject } from "../../../model/json.ts";
import { noHint, withParameter, type ClusterHint } from "./cluster-hint.ts";

/** The clusters that elements of a list name which a merge generator lays over a cluster generator. */
export function mergedHints(generators: Json | undefined): readonly ClusterHint[] {
  return entriesOf(generators).flatMap((entry) => {
    const [merge, matrix] = [entry["merge"], entry["matrix"]];
    const nested = [merge, matrix].flatMap((one) => (isObject(one) ? mergedHints(one["generators"]) : []));
    if (!isObject(merge)) return nested;
    const keys = textsOf(merge["mergeKeys"]);
    const elements = entriesOf(merge["generators"]).flatMap(({ list }) =>
      isObject(list) ? entriesOf(list["elements"]) : [],
    );
    return [...nested, ...elements.flatMap((element) => hintOf(element, keys))];
  });
}

function hintOf(element: JsonObject, keys: readonly string[]): readonly ClusterHint[] {
  let hint = noHint;
  for (const key of keys) {
    const value = Object.hasOwn(element, key) ? element[key] : undefined;
    if (typeof value === "string") hint = withParameter(hint, key, value) ?? hint;
  }
  return hint === noHint ? [] : [hint];
}

function entriesOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
