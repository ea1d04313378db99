import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { wrongNumber, wrongText } from "./scalars.ts";
import type { Schema } from "./schema.ts";
import { mismatch } from "./types.ts";
import { isUnknown } from "./unknown-fields.ts";

/** Whether a value certainly has nothing wrong with it; false says nothing. */
export type Fits = (value: Json) => boolean;

type Resolve = (schema: Schema) => Schema;

/**
 * Compiles the schemas of Kubernetes' own kinds to functions that visit a value once and keep nothing. Most manifests
 * are right, and need no more; the others are validated again, for what is wrong and where.
 */
export class FitsCompiler {
  readonly #resolve: Resolve;
  readonly #compiled = new Map<Schema, Fits>();

  constructor(resolve: Resolve) {
    this.#resolve = resolve;
  }

  /** Whether an object of a kind fits. One with a `status` may lack fields there: that is for the full validation. */
  object(value: JsonObject, schema: Schema): boolean {
    return !Object.hasOwn(value, "status") && this.#of(schema)(value);
  }

  #of(reference: Schema): Fits {
    const known = this.#compiled.get(reference);
    if (known !== undefined) return known;
    // Schemas refer to themselves: until this one is compiled, who asks for it looks it up again.
    this.#compiled.set(reference, (value) => this.#of(reference)(value));
    const compiled = this.#compile(this.#resolve(reference));
    this.#compiled.set(reference, compiled);
    return compiled;
  }

  #compile(schema: Schema): Fits {
    if (isBeyond(schema)) return () => false;
    const text = textFits(schema);
    const number = numberFits(schema);
    const list = this.#list(schema);
    const object = this.#object(schema);
    const isAllowed = choiceFits(schema);
    return (value) => {
      if (value === null) return true;
      if (mismatch(value, schema) !== undefined || !isAllowed(value)) return false;
      if (typeof value === "string") return text(value);
      if (typeof value === "number" || typeof value === "bigint") return number(value);
      if (isList(value)) return list(value);
      return isObject(value) ? object(value) : true;
    };
  }

  #list(schema: Schema): (items: readonly Json[]) => boolean {
    const { items: itemSchema, minItems = 0, maxItems = Infinity } = schema;
    const item = itemSchema === undefined ? undefined : this.#of(itemSchema);
    const differ = this.#difference(schema);
    return (items) => {
      if (items.length < minItems || items.length > maxItems || (items.length > 1 && !differ(items))) return false;
      return item === undefined || items.every(item);
    };
  }

  /** Whether the items of a list certainly differ where they must. */
  #difference(schema: Schema): (items: readonly Json[]) => boolean {
    const type = schema["x-kubernetes-list-type"];
    const keys = type === "map" ? (schema["x-kubernetes-list-map-keys"] ?? []) : [];
    if (keys.length > 0) {
      const properties = schema.items === undefined ? {} : (this.#resolve(schema.items).properties ?? {});
      const { keyDefaults } = schema;
      const presets = keys.map(
        (key) => (keyDefaults === undefined ? own(properties, key)?.default : own(keyDefaults, key)) ?? null,
      );
      return (items) => keysDiffer(items, keys, presets);
    }
    return schema.uniqueItems === true || type === "set" ? textsDiffer : () => true;
  }

  #object(schema: Schema): (item: JsonObject) => boolean {
    const {
      properties = {},
      required = [],
      minProperties = 0,
      maxProperties = Infinity,
      additionalProperties,
    } = schema;
    const fields = new Map<string, Fits>();
    for (const [name, field] of Object.entries(properties)) fields.set(name, this.#of(field));
    const others = typeof additionalProperties === "object" ? this.#of(additionalProperties) : undefined;
    const allowsOthers = !isUnknown(unheardOf, schema);
    return (item) => {
      let count = 0;
      for (const key of Object.keys(item)) {
        count += 1;
        const fits = fields.get(key) ?? others;
        const value = item[key];
        if (fits === undefined ? !allowsOthers : value !== undefined && !fits(value)) return false;
      }
      if (count < minProperties || count > maxProperties) return false;
      for (const name of required) if (!Object.hasOwn(item, name) || (item[name] ?? null) === null) return false;
      return true;
    };
  }
}

/** A name that no schema has a property of. */
const unheardOf = "\0";

/** Whether a schema says what only the full validation can check. */
function isBeyond(schema: Schema): boolean {
  const { allOf, anyOf, oneOf, not } = schema;
  return (
    [allOf, anyOf, oneOf, not].some((part) => part !== undefined) || schema["x-kubernetes-embedded-resource"] === true
  );
}

function textFits(schema: Schema): (text: string) => boolean {
  const { format, minLength, maxLength, pattern } = schema;
  const isFree = [format, minLength, maxLength, pattern].every((limit) => limit === undefined);
  return isFree ? () => true : (text) => wrongText(text, schema, true) === undefined;
}

function numberFits(schema: Schema): (value: number | bigint) => boolean {
  return (value) => wrongNumber(value, schema, true) === undefined;
}

function choiceFits({ enum: choices }: Schema): Fits {
  if (choices === undefined) return () => true;
  const texts = new Set(choices);
  return (value) => value === "" || texts.has(value);
}

function keysDiffer(items: readonly Json[], keys: readonly string[], presets: readonly Json[]): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    if (!isObject(item)) return false;
    let text = "";
    for (let at = 0; at < keys.length; at += 1) {
      const value = own(item, keys[at] ?? "") ?? presets[at] ?? null;
      // Text and number are told apart by length and sign of the parts; what is neither is for the full validation.
      if (typeof value === "string") text += `${value.length}:${value}`;
      else if (typeof value === "number" || typeof value === "bigint") text += `#${value};`;
      else return false;
    }
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}

function textsDiffer(items: readonly Json[]): boolean {
  return items.every((item) => typeof item === "string") && new Set(items).size === items.length;
}

function own<Value>(record: { readonly [key: string]: Value } | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
