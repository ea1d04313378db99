import type { Json, Pointer } from "../model/json.ts";
import { isList, member } from "./member.ts";

/** Keys from the root of a document to a place in it. */
export type Path = readonly (string | number)[];

/** Keys that Kubernetes merges lists by, or that name an item where it has no schema, in order of preference. */
const mergeKeys = [
  "name",
  "containerPort",
  "port",
  "ip",
  "mountPath",
  "devicePath",
  "topologyKey",
  "key",
  "type",
  "host",
  "uid",
  "id",
  "path",
];

/** A path as JSON Pointer (RFC 6901). */
export function pointerOf(path: Path): Pointer {
  return path.map((key) => below("", key)).join("");
}

/** The pointer to a member of what a pointer leads to. */
export function below(pointer: Pointer, key: string | number): Pointer {
  return `${pointer}/${escape(String(key))}`;
}

/** The keys that a JSON Pointer names; of list items their numbers as text. */
export function keysOf(pointer: Pointer): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value that keys lead to; undefined where there is none. */
export function valueAt(value: Json | undefined, keys: readonly string[]): Json | undefined {
  let at = value;
  for (const key of keys) at = member(at, isList(at) && /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : key);
  return at;
}

/** The same with list items named by their merge key, or by their value where they are scalars; by index where neither tells them apart. */
export function stablePointerOf(document: Json, path: Path): string {
  let at: Json | undefined = document;
  let text = "";
  for (const key of path) {
    text += `/${isList(at) && typeof key === "number" ? itemName(at, key) : escape(String(key))}`;
    at = member(at, key);
  }
  return text;
}

function itemName(list: readonly Json[], index: number): string {
  const item = list[index];
  if (isScalar(item)) return unique(list, item) ? `[=${escape(String(item))}]` : String(index);
  for (const key of mergeKeys) {
    const name = member(item, key);
    if (
      isScalar(name) &&
      unique(
        list.map((other) => member(other, key)),
        name,
      )
    ) {
      return `[${key}=${escape(String(name))}]`;
    }
  }
  return String(index);
}

function unique(values: readonly (Json | undefined)[], value: Json): boolean {
  return values.filter((other) => other === value).length === 1;
}

/** Whether a value is a string, number or boolean. */
export function isScalar(value: Json | undefined): value is string | number | bigint | boolean {
  return value !== undefined && value !== null && typeof value !== "object";
}

function escape(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
