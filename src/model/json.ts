/** A JSON value. `bigint` stands for an integer that a double cannot hold; Kubernetes keeps such integers exact. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

/** A JSON object with its keys in the order of the text. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A JSON Pointer (RFC 6901) into one manifest; the empty string is the whole manifest. */
export type Pointer = string;
