// GitHub's own description of its API, loaded once in a process; schemas are turned into JSON Schema and compiled when first needed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import * as formats from "ajv-formats";
import { keysOf } from "../../../src/manifest/pointer.ts";

type Schema = { readonly [key: string]: unknown };

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Described {
  readonly operationId?: string;
  readonly parameters?: readonly unknown[];
  readonly requestBody?: Media & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly "x-webhooks": Readonly<Record<string, { readonly post: Described }>>;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly described: Described;
}

const ORIGIN = "https://schemas.invalid/";
let loaded: Description | undefined;

function description(): Description {
  if (loaded === undefined) {
    const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
    loaded = JSON.parse(readFileSync(file, "utf8")) as Description;
  }
  return loaded;
}

function follow(node: unknown): unknown {
  const reference = (node as { $ref?: string }).$ref;
  if (reference === undefined) return node;
  let found: unknown = description();
  for (const key of keysOf(reference.slice(1))) found = (found as Record<string, unknown>)[key];
  return found;
}

/** The operations GitHub describes, by id. */
export function operations(ids: readonly string[]): Operation[] {
  const wanted = new Set(ids);
  const found: Operation[] = [];
  for (const [path, methods] of Object.entries(description().paths)) {
    for (const [method, described] of Object.entries(methods)) {
      if (described.operationId === undefined || !wanted.delete(described.operationId)) continue;
      const parameters = (described.parameters ?? []).map((parameter) => follow(parameter) as Parameter);
      found.push({ id: described.operationId, method: method.toUpperCase(), path, parameters, described });
    }
  }
  if (wanted.size > 0) throw new Error(`GitHub describes no operation ${[...wanted].join(", ")}`);
  return found;
}

const PROSE = new Set(["description", "example", "examples", "title", "discriminator", "externalDocs"]);

/** OpenAPI 3.0 says `nullable: true` where JSON Schema says `null`; references become absolute so that each schema compiles alone. */
function toJsonSchema(node: unknown, needed: Set<string>): unknown {
  if (Array.isArray(node)) return node.map((item) => toJsonSchema(item, needed));
  if (typeof node !== "object" || node === null) return node;
  const { nullable, ...rest } = node as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (PROSE.has(key)) continue;
    if (key === "$ref" && typeof value === "string") {
      const name = value.split("/").pop() ?? "";
      needed.add(name);
      return { $ref: ORIGIN + name };
    }
    result[key] =
      key === "properties" ? mapValues(value, needed) : key === "enum" ? value : toJsonSchema(value, needed);
  }
  return nullable === true ? { anyOf: [{ type: "null" }, result] } : result;
}

function mapValues(properties: unknown, needed: Set<string>): unknown {
  return Object.fromEntries(
    Object.entries(properties as Record<string, unknown>).map(([name, value]) => [name, toJsonSchema(value, needed)]),
  );
}

const settings = {
  strict: false,
  unicodeRegExp: false,
  validateSchema: false,
  allErrors: false,
  logger: false,
  inlineRefs: false,
  code: { optimize: false },
} as const;
const addFormats = formats.default as unknown as { default?: (ajv: Ajv) => void } & ((ajv: Ajv) => void);
const bodies = new Ajv(settings);
const strings = new Ajv({ ...settings, coerceTypes: "array" });
for (const ajv of [bodies, strings]) (addFormats.default ?? addFormats)(ajv);
const compiled = new Map<string, ValidateFunction>();

function compile(ajv: Ajv, key: string, schema: () => unknown): ValidateFunction {
  let validate = compiled.get(key);
  if (validate === undefined) {
    const needed = new Set<string>();
    const converted = toJsonSchema(schema(), needed) as Schema;
    addComponents(ajv, needed);
    validate = ajv.compile(converted);
    compiled.set(key, validate);
  }
  return validate;
}

function addComponents(ajv: Ajv, names: ReadonlySet<string>): void {
  for (const name of names) {
    if (ajv.schemas[ORIGIN + name] !== undefined) continue;
    const deeper = new Set<string>();
    const component = follow({ $ref: `#/components/schemas/${name}` });
    const converted = toJsonSchema(component, deeper) as Schema;
    ajv.addSchema({ ...converted, $id: ORIGIN + name });
    addComponents(ajv, deeper);
  }
}

function complaint(validate: ValidateFunction, value: unknown): string | undefined {
  if (validate(value) === true) return undefined;
  const texts = (validate.errors ?? []).map((error) => {
    const at = error.instancePath === "" ? "/" : error.instancePath;
    return `${at} ${error.message ?? "is wrong"} ${JSON.stringify(error.params)}`;
  });
  return texts.join("; ");
}

/** Coerces and checks path or query parameters in place; says what is wrong, or nothing. */
export function checkParameters(
  operation: Operation,
  kind: "path" | "query",
  given: Record<string, unknown>,
): string | undefined {
  const parameters = operation.parameters.filter((parameter) => parameter.in === kind);
  const unknown = Object.keys(given).filter((name) => !parameters.some((parameter) => parameter.name === name));
  if (unknown.length > 0) return `${kind} parameter not described: ${unknown.join(", ")}`;
  const validate = compile(strings, `${operation.id} ${kind}`, () => ({
    type: "object",
    required: parameters.filter((parameter) => parameter.required === true).map((parameter) => parameter.name),
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.schema])),
  }));
  return complaint(validate, given);
}

function jsonSchema(media: Media | undefined): Schema | undefined {
  for (const [type, entry] of Object.entries(media?.content ?? {})) {
    if (type.includes("json")) return entry.schema;
  }
  return undefined;
}

/** GitHub ignores what it does not know; a test wants to hear of it, for it is mostly a typing error. */
function unknownProperties(schema: Schema, body: unknown): string[] {
  if (typeof body !== "object" || body === null || schema["properties"] === undefined) return [];
  return Object.keys(body).filter((name) => !(name in (schema["properties"] as object)));
}

export function checkRequestBody(operation: Operation, body: unknown): string | undefined {
  const media = operation.described.requestBody;
  const schema = jsonSchema(media);
  if (body === undefined) return media?.required === true ? "a body is required" : undefined;
  if (schema === undefined) {
    return typeof body === "object" && Object.keys(body as object).length === 0
      ? undefined
      : "a body is not described for this operation";
  }
  const unknown = unknownProperties(schema, body);
  if (unknown.length > 0) return `property not described: ${unknown.join(", ")}`;
  return complaint(
    compile(bodies, `${operation.id} body`, () => schema),
    body,
  );
}

/** Where the description asks for an account that is a user and an enterprise at once, which no answer of GitHub's is. */
const MISDESCRIBED: Readonly<Record<string, Schema>> = {
  "apps/list-installations 200": { type: "array", items: { $ref: "#/components/schemas/installation" } },
};

/** An answer that GitHub's description does not allow is a bug of the simulator; errors it does not list are let through. */
export function checkAnswer(operation: Operation, status: number, body: unknown): string | undefined {
  const described = operation.described.responses[String(status)];
  if (described === undefined) return status >= 400 ? undefined : `status ${status} is not described`;
  const schema = MISDESCRIBED[`${operation.id} ${status}`] ?? jsonSchema(follow(described) as Media);
  if (schema === undefined) return undefined;
  return complaint(
    compile(bodies, `${operation.id} ${status}`, () => schema),
    body,
  );
}

/** Checks a webhook's payload; `event` and `action` as in the headers and the body. */
export function checkPayload(event: string, action: string | undefined, payload: unknown): string | undefined {
  // The action of this one is what its sender calls it; GitHub describes one as an example.
  const name = [event, event === "repository_dispatch" ? "sample.collected" : action]
    .filter((part) => part !== undefined)
    .join("-")
    .replaceAll("_", "-");
  const described = description()["x-webhooks"][name];
  if (described === undefined) return `GitHub describes no webhook ${name}`;
  return complaint(
    compile(bodies, `webhook ${name}`, () => jsonSchema(described.post.requestBody) ?? {}),
    payload,
  );
}
