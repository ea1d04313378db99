/** A number that neither a double nor a bigint would print as it was written: `1.0`, `1e400`. */
export interface NumberText {
  readonly number: string;
}

/** A set; its members are in the order of OPA. */
export interface RegoSet extends ReadonlySet<RegoValue> {}

/** An object with keys of any type, in the order of OPA. */
export interface RegoObject extends ReadonlyMap<RegoValue, RegoValue> {}

/**
 * A Rego value in host code: JSON, sets, and objects with any keys. An integer that a double cannot represent exactly
 * is a bigint.
 */
export type RegoValue =
  | null
  | boolean
  | number
  | bigint
  | NumberText
  | string
  | readonly RegoValue[]
  | RegoSet
  | RegoObject;

/** Whether a value is a set. */
export function isSet(value: RegoValue): value is RegoSet {
  return value instanceof Set;
}

/** Whether a value is an object. */
export function isRegoObject(value: RegoValue): value is RegoObject {
  return value instanceof Map;
}

/** Whether a value is a number that is kept as text. */
export function isNumberText(value: RegoValue): value is NumberText {
  return typeof value === "object" && value !== null && "number" in value;
}

/** Whether a value is an array; `Array.isArray` does not narrow readonly arrays. */
export function isArray(value: RegoValue): value is readonly RegoValue[] {
  return Array.isArray(value);
}
