import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject, Pointer } from "../../model/json.ts";
import { below } from "../../manifest/pointer.ts";

/** Reads fields of an object by their types in Argo CD's API. Null counts as absent; a value of a wrong type is reported once and counts as absent. */
export interface Fields {
  readonly value: JsonObject;
  readonly pointer: Pointer;
  /** Absent and empty text are one, as for Go. */
  text(key: string): string;
  flag(key: string): boolean;
  texts(key: string): readonly string[];
  /** Text by name, such as labels. */
  record(key: string): { readonly [name: string]: string };
  /** Absent: undefined. */
  object(key: string): Fields | undefined;
  objects(key: string): readonly Fields[];
}

/** Reports a field whose type differs from Argo CD's API. */
export type WrongType = (pointer: Pointer, expected: string) => void;

/** Makes the field reader of one object; `pointer` is the object's own place. */
export function fieldsOf(value: JsonObject, pointer: Pointer, wrong: WrongType): Fields {
  const at = (key: string): Pointer => below(pointer, key);
  const get = (key: string): Json | undefined => (Object.hasOwn(value, key) ? (value[key] ?? undefined) : undefined);
  const object = (key: string): Fields | undefined => {
    const found = get(key);
    if (found === undefined) return undefined;
    if (isObject(found)) return fieldsOf(found, at(key), wrong);
    wrong(at(key), "an object");
    return undefined;
  };
  const list = (key: string): readonly Json[] => {
    const found = get(key);
    if (found === undefined) return [];
    if (Array.isArray(found)) return found;
    wrong(at(key), "a list");
    return [];
  };
  return {
    value,
    pointer,
    text: (key) => {
      const found = get(key);
      if (typeof found === "string") return found;
      if (found !== undefined) wrong(at(key), "text");
      return "";
    },
    flag: (key) => {
      const found = get(key);
      if (typeof found === "boolean") return found;
      if (found !== undefined) wrong(at(key), "true or false");
      return false;
    },
    texts: (key) =>
      list(key).flatMap((item, index) => {
        if (typeof item === "string") return [item];
        wrong(`${at(key)}/${index}`, "text");
        return [];
      }),
    record: (key) => {
      const entries = Object.entries(object(key)?.value ?? {}).flatMap(([name, item]: readonly [string, Json]) => {
        if (typeof item === "string") return [[name, item] as const];
        wrong(below(at(key), name), "text");
        return [];
      });
      return Object.fromEntries(entries);
    },
    object,
    objects: (key) =>
      list(key).flatMap((item, index) => {
        const place = `${at(key)}/${index}`;
        if (isObject(item)) return [fieldsOf(item, place, wrong)];
        wrong(place, "an object");
        return [];
      }),
  };
}
