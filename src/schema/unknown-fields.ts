import { nearName } from "../manifest/near-name.ts";
import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { fieldOf, type Context, type SchemaViolation } from "./schema-violation.ts";
import type { Schema } from "./schema.ts";

/** Finds fields that the schema does not have: the API server refuses them in strict mode, and drops them otherwise. */
export function unknownFields(value: Json, schema: Schema, context: Context): readonly SchemaViolation[] {
  const violations: SchemaViolation[] = [];
  const path: (string | number)[] = [];
  /** The objects on the way to the one that is looked at, with where each stands. */
  const around: { readonly length: number; readonly properties: Schema["properties"] }[] = [];

  const below = (key: string | number, item: Json | undefined, found: Schema | undefined): void => {
    if (item === undefined || found === undefined) return;
    path.push(key);
    visit(item, found);
    path.pop();
  };

  const visit = (item: Json, reference: Schema): void => {
    const found = context.resolve(reference);
    if (isList(item)) item.forEach((element, index) => below(index, element, found.items));
    else if (isObject(item)) {
      around.push({ length: path.length, properties: found.properties });
      for (const key of Object.keys(item)) field(key, item, found);
      around.pop();
    }
  };

  const field = (key: string, item: JsonObject, found: Schema): void => {
    const { properties = {}, additionalProperties } = found;
    if (Object.hasOwn(properties, key)) return below(key, item[key], properties[key]);
    if (isOfObject(key, found)) return below(key, item[key], key === "metadata" ? context.metadata : undefined);
    if (typeof additionalProperties === "object") return below(key, item[key], additionalProperties);
    if (!isUnknown(key, found) || (context.fragment && key.startsWith("$"))) return;
    const near = nearName(key, Object.keys(properties));
    const home = near === undefined ? around.findLast((one) => Object.hasOwn(one.properties ?? {}, key)) : undefined;
    violations.push({
      rule: "unknown-field",
      level: "deny",
      path: [...path, key],
      text: `unknown field${near === undefined ? belongs(home?.length, properties) : `; did you mean ${near}?`}`,
      rests: key,
    });
  };

  const belongs = (home: number | undefined, properties: NonNullable<Schema["properties"]>): string => {
    if (home === undefined) return expected(properties);
    return `; it is a field of ${home === 0 ? "the object itself" : fieldOf(path.slice(0, home))}`;
  };

  visit(value, schema);
  return violations;
}

/** Whether a schema does not allow a field of this name. */
export function isUnknown(key: string, schema: Schema): boolean {
  const { properties = {}, additionalProperties, type } = schema;
  if (Object.hasOwn(properties, key) || isOfObject(key, schema)) return false;
  if (additionalProperties !== undefined && additionalProperties !== false) return false;
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) return false;
  return type === "object" || schema.properties !== undefined;
}

/** Whether a key is a field that every embedded object has, without a schema. */
function isOfObject(key: string, schema: Schema): boolean {
  return schema["x-kubernetes-embedded-resource"] === true && ["apiVersion", "kind", "metadata"].includes(key);
}

/** The allowed names for a message, where they are few enough to list. */
function expected(properties: { readonly [name: string]: Schema }): string {
  const names = Object.keys(properties).toSorted();
  return names.length === 0 || names.length > 8 ? "" : `; expected ${names.join(", ")}`;
}
