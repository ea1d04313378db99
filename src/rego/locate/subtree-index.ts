import { isList, member } from "../../manifest/member.ts";
import type { Path } from "../../manifest/pointer.ts";
import type { Json } from "../../model/json.ts";

/** Finds a value in a document, in document order; only objects and lists are found. */
export interface SubtreeIndex {
  find(value: Json): readonly Path[];
}

/** Indexes every object and list of a document by its content, in one pass: equal subtrees get one number. */
export function indexSubtrees(document: Json): SubtreeIndex {
  const numbers = new Map<string, number>();
  const places: Path[][] = [];

  /**
   * The number of an object or list, or the text of a scalar; undefined if it is not in the document. With a path it is
   * added.
   */
  const identify = (value: Json, path: Path | undefined): number | string | undefined => {
    if (value === null || typeof value !== "object") return scalarText(value);
    let text = isList(value) ? "[" : "{";
    for (const key of isList(value) ? value.keys() : Object.keys(value).toSorted()) {
      const child = identify(member(value, key) ?? null, path && [...path, key]);
      if (child === undefined) return undefined;
      text += typeof key === "number" ? `${child},` : `${JSON.stringify(key)}:${child},`;
    }
    const number = numbers.get(text);
    if (path === undefined) return number;
    if (number !== undefined) {
      places[number]?.push(path);
      return number;
    }
    numbers.set(text, places.length);
    places.push([path]);
    return places.length - 1;
  };

  identify(document, []);
  return {
    find(value) {
      const number = identify(value, undefined);
      return (typeof number === "number" ? places[number] : undefined) ?? [];
    },
  };
}

/**
 * The text of a scalar, distinct from the numbers of objects and lists, and for strings from numbers; 1 and 1n are
 * equal.
 */
function scalarText(value: string | number | bigint | boolean | null): string {
  return typeof value === "string" ? JSON.stringify(value) : `=${value}`;
}

/** Whether two values are equal, regardless of key order; 1 and 1n are equal. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") {
    return (typeof a === "bigint" || typeof b === "bigint") && a == b && typeof a !== "string" && typeof b !== "string";
  }
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
}
