import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";

/** What a URL that a schema refers to holds; undefined: it is not at hand, and that part of the schema accepts any value. */
export type ReadSchema = (url: string) => Promise<JsonObject | undefined>;

/**
 * A schema with everything that it refers to by URL, directly or through others, embedded below its definitions, as JSON
 * Schema has it ("Compound Schema Document", 2020-12, 9.3); undefined where it refers to nothing. A reference is resolved
 * against the `$id` around it.
 */
export async function bundleSchema(root: JsonObject, read: ReadSchema): Promise<JsonObject | undefined> {
  const ids = new Set<string>();
  const own = resolvable(root, ids, undefined);
  const refersTo = urlsIn(own, ids);
  if (refersTo.size === 0) return undefined;
  const embedded = new Map<string, JsonObject>();
  const missing = new Set<string>();
  for (const url of refersTo) {
    const schema = await read(url);
    if (schema === undefined) {
      missing.add(url);
      continue;
    }
    ids.add(url);
    const next = resolvable(schema, ids, url);
    embedded.set(url, asResource(next, url));
    // A set is walked to its end, however long it grows meanwhile.
    for (const one of urlsIn(next, ids)) refersTo.add(one);
  }
  const keyword = definitionsKeyword(own);
  const definitions = own[keyword];
  const whole = {
    ...own,
    [keyword]: { ...(isObject(definitions) ? definitions : {}), ...Object.fromEntries(embedded) },
  };
  return missing.size === 0 ? whole : (withoutMissing(whole, missing) as JsonObject);
}

/** Keywords whose values are no schemas. */
const data = new Set(["const", "default", "enum", "examples"]);

/** The schema with its references as URLs, where they name another file; adds the ids in it to `ids`. */
function resolvable(schema: JsonObject, ids: Set<string>, url: string | undefined): JsonObject {
  const id = absolute(schema["$id"], url);
  // What is embedded is known by the URL that it was read from.
  const renamed = new Map(id === undefined || url === undefined ? [] : [[id, url]]);
  const walk = (node: Json, base: string | undefined): Json => {
    if (Array.isArray(node)) return node.map((item) => walk(item, base));
    if (!isObject(node)) return node;
    const inner = absolute(node["$id"], base) ?? base;
    if (inner !== undefined && typeof node["$id"] === "string") ids.add(inner);
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => {
        if (key === "$ref" && typeof value === "string") return [key, resolved(value, inner, renamed)];
        return [key, data.has(key) ? value : walk(value, inner)];
      }),
    );
  };
  return walk(schema, url) as JsonObject;
}

function resolved(reference: string, base: string | undefined, renamed: ReadonlyMap<string, string>): string {
  const [path = "", fragment] = reference.split("#", 2);
  const url = path === "" ? undefined : absolute(path, base);
  if (url === undefined) return reference;
  return fragment === undefined ? (renamed.get(url) ?? url) : `${renamed.get(url) ?? url}#${fragment}`;
}

/** A URL of a web server without its fragment. */
function absolute(written: Json | undefined, base: string | undefined): string | undefined {
  if (typeof written !== "string" || !URL.canParse(written, base)) return undefined;
  const url = new URL(written, base);
  url.hash = "";
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
}

/** The files that a schema with resolved references refers to, besides those of `ids` and the drafts' own. */
function urlsIn(schema: Json, ids: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  for (const url of references(schema)) if (!ids.has(url) && !isDraft(url)) found.add(url);
  return found;
}

function references(node: Json): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(references);
  if (!isObject(node)) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === "$ref" && typeof value === "string") return absolute(value, undefined) ?? [];
    return data.has(key) ? [] : references(value);
  });
}

function isDraft(url: string): boolean {
  return /^https?:\/\/json-schema\.org\//.test(url);
}

/**
 * A whole schema as a part of another. Without `$schema` it is of the latest draft, as Helm reads one by itself. In older
 * drafts nothing beside `$ref` counts, so that it cannot stand beside an id.
 */
function asResource(whole: JsonObject, url: string): JsonObject {
  const { $id: _, $schema: draft, $ref: other, ...schema } = whole;
  const start = { $schema: draft ?? "https://json-schema.org/draft/2020-12/schema", $id: url };
  return other === undefined ? { ...start, ...schema } : { ...start, allOf: [{ $ref: other }], ...schema };
}

/** Where the draft of a schema has parts that others refer to. */
function definitionsKeyword({ $schema: draft }: JsonObject): string {
  return typeof draft === "string" && /\/draft-0[4-7]\//.test(draft) ? "definitions" : "$defs";
}

/** References to what is not at hand as URNs: Helm lets a URN that it does not know accept any value. */
function withoutMissing(node: Json, missing: ReadonlySet<string>): Json {
  if (Array.isArray(node)) return node.map((item) => withoutMissing(item, missing));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const isMissing = key === "$ref" && typeof value === "string" && missing.has(value.replace(/#.*$/s, ""));
      if (isMissing) return [key, "urn:portcullis:not-fetched"];
      return [key, data.has(key) ? value : withoutMissing(value, missing)];
    }),
  );
}
