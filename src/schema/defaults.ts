import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import type { Json } from "../model/json.ts";
import type { Context } from "./complaint.ts";
import type { Schema } from "./schema.ts";

/**
 * A custom resource as the API server validates it: a null where none may be counts as absent, and what is absent has
 * its default. Places stay what they are.
 */
export function withDefaults(value: Json, schema: Schema, context: Context): Json {
  const found = context.resolve(schema);
  if (isList(value)) {
    const { items } = found;
    return items === undefined ? value : value.map((item) => withDefaults(preset(item, items), items, context));
  }
  if (!isObject(value)) return value;
  const { properties = {}, additionalProperties } = found;
  const filled = new Map<string, Json>();
  for (const key of Object.keys(value)) {
    const of = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    const item = value[key] ?? null;
    if (typeof of !== "object") filled.set(key, item);
    else {
      const given = preset(item, of);
      if (given !== null || of.nullable === true || !isTyped(of)) filled.set(key, withDefaults(given, of, context));
    }
  }
  for (const key of Object.keys(properties)) {
    const of = properties[key];
    if (of?.default !== undefined && !filled.has(key)) filled.set(key, withDefaults(of.default, of, context));
  }
  return Object.fromEntries(filled);
}

function preset(item: Json, schema: Schema): Json {
  return item === null && schema.nullable !== true ? (schema.default ?? null) : item;
}

/** Where anything may stand, null may. */
function isTyped(schema: Schema): boolean {
  return schema.type !== undefined || schema["x-kubernetes-int-or-string"] === true;
}
