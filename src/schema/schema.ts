import type { Json, JsonObject } from "../model/json.ts";

/** A schema, published by Kubernetes (OpenAPI v3) or declared by a CRD (structural). Unknown keywords are left out. */
export interface Schema {
  /** Number of a definition of the source it comes from; then nothing else is set. */
  readonly $ref?: number;
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  /** Defaults of the keys of a list of Kubernetes' own: a port is the same with and without `protocol: TCP`. */
  readonly keyDefaults?: JsonObject;
}

/** The lifecycle of an API version of a kind, in minor versions of Kubernetes 1. An absent one is unknown or not planned. */
export interface Life {
  readonly introduced?: number;
  readonly deprecated?: number;
  readonly removed?: number;
  readonly replacement?: { readonly apiVersion: string; readonly kind: string };
}

/** Kubernetes' own schemas by version (`1.34`): the port to the shipped bundle. */
export interface SchemaSource {
  readonly digest: string;
  /** Ascending. */
  readonly versions: readonly string[];
  /** Kubernetes' own API groups, of every version known; the core group is "". */
  readonly groups: ReadonlySet<string>;
  /** The schema of a kind; undefined where that version does not serve it. */
  schemaOf(version: string, apiVersion: string, kind: string): Schema | undefined;
  /** What a version serves, as `apiVersion`s with their kinds. */
  served(version: string): readonly (readonly [apiVersion: string, kinds: readonly string[]])[];
  lifeOf(apiVersion: string, kind: string): Life | undefined;
  /** The schema that a `$ref` of a schema of this version leads to. */
  definition(version: string, number: number): Schema;
}
