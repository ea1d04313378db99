import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import type { Json } from "../model/json.ts";
import type { Context } from "./schema-violation.ts";
import type { Schema } from "./schema.ts";
import { isUnknown } from "./unknown-fields.ts";

/**
 * A custom resource as the API server validates it: unknown fields are dropped, a null where none may be counts as
 * absent, and what is absent has its default. Places stay what they are.
 */
export function asStored(value: Json, schema: Schema, context: Context): Json {
  const found = context.resolve(schema);
  if (isList(value)) {
    const { items } = found;
    return items === undefined ? value : value.map((item) => asStored(preset(item, items), items, context));
  }
  if (!isObject(value)) return value;
  const { properties = {}, additionalProperties } = found;
  const stored = new Map<string, Json>();
  for (const key of Object.keys(value)) {
    const of = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    const item = value[key] ?? null;
    if (typeof of === "object") {
      const given = preset(item, of);
      if (given !== null || of.nullable === true) stored.set(key, asStored(given, of, context));
    } else if (!isUnknown(key, found)) stored.set(key, item);
  }
  for (const key of Object.keys(properties)) {
    const of = properties[key];
    if (of?.default !== undefined && !stored.has(key)) stored.set(key, asStored(of.default, of, context));
  }
  return Object.fromEntries(stored);
}

function preset(item: Json, schema: Schema): Json {
  return item === null && schema.nullable !== true ? (schema.default ?? null) : item;
}
