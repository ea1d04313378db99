import type { Manifest } from "../model/manifest.ts";
import { asStored } from "./as-stored.ts";
import type { Context, SchemaViolation } from "./schema-violation.ts";
import type { CustomVersion } from "./custom-resources.ts";
import { isFragment, opaqueIn, withoutSops } from "./opaque.ts";
import { FitsCompiler } from "./fits.ts";
import type { Schema, SchemaSource } from "./schema.ts";
import { unknownFields } from "./unknown-fields.ts";
import { wrongValues } from "./wrong-values.ts";

/** Validates an object of a Kubernetes kind against its schema, as the API server decodes it. */
export function validateBuiltin(
  source: SchemaSource,
  version: string,
  schema: Schema,
  manifest: Manifest,
): readonly SchemaViolation[] {
  const context = { ...contextOf(source, version, manifest), showsValues: manifest.identity.kind !== "Secret" };
  const object = withoutSops(manifest.value);
  if (!context.fragment && fitsOf(source, version).object(object, schema)) return [];
  return [...unknownFields(object, schema, context), ...wrongValues(object, schema, context, { ignoresStatus: true })];
}

const compilers = new WeakMap<SchemaSource, Map<string, FitsCompiler>>();

/** What is compiled of a version's schemas is kept as long as they are. */
function fitsOf(source: SchemaSource, version: string): FitsCompiler {
  const byVersion = compilers.get(source) ?? new Map<string, FitsCompiler>();
  compilers.set(source, byVersion);
  const known = byVersion.get(version) ?? new FitsCompiler(resolverOf(source, version));
  byVersion.set(version, known);
  return known;
}

/** Validates a custom resource against its CRD, as the API server does: unknown fields, defaults, values. */
export function validateCustom(
  source: SchemaSource,
  version: string,
  custom: CustomVersion,
  manifest: Manifest,
): readonly SchemaViolation[] {
  const context = { ...contextOf(source, version, manifest), ownKind: false };
  const schema = wholeObject(custom.schema ?? { "x-kubernetes-preserve-unknown-fields": true }, context.metadata);
  const object = withoutSops(manifest.value);
  const { status: _, ...written } = object;
  const judged = custom.hasStatus ? written : object;
  const { metadata, ...rest } = judged;
  const violations = [
    ...unknownFields(object, schema, context),
    ...wrongValues(asStored(rest, schema, context), schema, context, { ignoresStatus: false }),
  ];
  if (metadata === undefined) return violations;
  const about = wrongValues(metadata, context.metadata, { ...context, ownKind: true }, { ignoresStatus: false });
  return [...violations, ...about.map((one) => ({ ...one, path: ["metadata", ...one.path] }))];
}

function contextOf(source: SchemaSource, version: string, manifest: Manifest): Context {
  return {
    resolve: resolverOf(source, version),
    metadata: source.schemaOf(version, "v1", "ConfigMap")?.properties?.["metadata"] ?? {},
    opaque: opaqueIn(manifest.value),
    fragment: isFragment(manifest),
    ownKind: true,
    showsValues: true,
  };
}

function resolverOf(source: SchemaSource, version: string): Context["resolve"] {
  return (schema) => (schema.$ref === undefined ? schema : source.definition(version, schema.$ref));
}

/** The fields of every object, declared by its CRD or not; `metadata` is validated separately. */
function wholeObject(schema: Schema, metadata: Schema): Schema {
  const { properties = {}, required = [] } = schema;
  const text: Schema = { type: "string" };
  return {
    ...schema,
    properties: { ...properties, apiVersion: text, kind: text, metadata },
    required: required.filter((name) => name !== "metadata"),
  };
}
