import type { Json } from "../../model/json.ts";
import type { Reach } from "./reach.ts";
import { isList, member } from "../../manifest/member.ts";
import { keysOf, type Path } from "../../manifest/pointer.ts";

/**
 * The place that a result declares: `path` or `pointer`, at its top level or in `details`, as JSON Pointer, dotted path
 * or list of keys.
 */
export function declaredPlace(document: Json, result: Json): Reach | undefined {
  for (const holder of [result, member(result, "details"), member(result, "_loc")]) {
    for (const field of ["pointer", "path"]) {
      const keys = declaredKeys(member(holder, field));
      const found = keys && follow(document, keys);
      // The path of a file is not a place in a manifest: at least the first key must exist.
      if (found && found.path.length > 0) return found;
    }
  }
  return undefined;
}

function declaredKeys(value: Json | undefined): Path | undefined {
  if (isList(value)) {
    return value.every((key) => typeof key === "string" || typeof key === "number") ? value.filter(isKey) : undefined;
  }
  if (typeof value !== "string" || value === "") return undefined;
  if (value.startsWith("/")) return keysOf(value);
  const dotted = value.replace(/^\$?\.?/, "");
  const tokens = dotted.match(/\["[^"]*"\]|\['[^']*'\]|\[\d+\]|[^.[\]]+/g);
  return tokens?.map((token) => {
    const index = /^\[(\d+)\]$/.exec(token)?.[1];
    if (index !== undefined) return Number(index);
    return token.startsWith("[") ? token.slice(2, -2) : token;
  });
}

function isKey(value: Json): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function follow(document: Json, keys: Path): Reach {
  let value = document;
  const path: (string | number)[] = [];
  for (const [i, key] of keys.entries()) {
    const typed = isList(value) && /^\d+$/.test(String(key)) ? Number(key) : isList(value) ? key : String(key);
    const next = member(value, typed);
    if (next === undefined) return { path, missing: keys.slice(i).map(String), value };
    path.push(typed);
    value = next;
  }
  return { path, missing: [], value };
}
