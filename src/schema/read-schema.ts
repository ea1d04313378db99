import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import type { Json } from "../model/json.ts";
import type { Schema } from "./schema.ts";

/** The depth below which a schema is not validated. */
const maxDepth = 200;

/** Reads the schema that a CRD declares. A keyword of a wrong type is left out: the CRD's own validation reports it. */
export function readSchema(json: Json | undefined, depth = 0): Schema | undefined {
  if (!isObject(json) || depth > maxDepth) return undefined;
  const read: { -readonly [Key in keyof Schema]?: Schema[Key] } = {};
  const value = (key: string): Json | undefined => (Object.hasOwn(json, key) ? json[key] : undefined);
  const schema = (key: string): Schema | undefined => readSchema(value(key), depth + 1);
  const schemas = (key: string): readonly Schema[] | undefined => {
    const list = value(key);
    return isList(list) ? list.flatMap((item) => readSchema(item, depth + 1) ?? []) : undefined;
  };
  const keep = <Key extends keyof Schema>(key: Key, found: Schema[Key] | undefined): void => {
    if (found !== undefined) read[key] = found;
  };

  for (const key of textKeys) keep(key, text(value(key)));
  for (const key of flagKeys) keep(key, value(key) === true ? true : undefined);
  for (const key of numberKeys) keep(key, number(value(key)));
  for (const key of listKeys) keep(key, texts(value(key)));
  for (const key of junctionKeys) keep(key, schemas(key));
  for (const key of ["items", "not"] as const) keep(key, schema(key));
  const choices = value("enum");
  if (isList(choices)) read.enum = choices;
  const preset = value("default");
  if (preset !== undefined && preset !== null) read.default = preset;
  const additional = value("additionalProperties");
  keep("additionalProperties", typeof additional === "boolean" ? additional : readSchema(additional, depth + 1));
  const properties = value("properties");
  if (isObject(properties)) {
    read.properties = Object.fromEntries(
      Object.keys(properties).map((name) => [name, readSchema(properties[name], depth + 1) ?? {}]),
    );
  }
  return read;
}

const textKeys = ["type", "format", "pattern", "x-kubernetes-list-type"] as const;
const flagKeys = [
  "nullable",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "uniqueItems",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
] as const;
const numberKeys = [
  "minimum",
  "maximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
] as const;
const listKeys = ["required", "x-kubernetes-list-map-keys"] as const;
const junctionKeys = ["allOf", "anyOf", "oneOf"] as const;

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: Json | undefined): number | undefined {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}

function texts(value: Json | undefined): readonly string[] | undefined {
  return isList(value) ? value.filter((item) => typeof item === "string") : undefined;
}
