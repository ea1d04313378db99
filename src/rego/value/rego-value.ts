/** A number that neither a double nor a bigint gives back as it was written: `1.0`, `1e400`. */
export interface NumberText {
  readonly number: string;
}

/** A set; its members stand in OPA's order. */
export interface RegoSet extends ReadonlySet<RegoValue> {}

/** An object, whose keys may be of any type; they stand in OPA's order. */
export interface RegoObject extends ReadonlyMap<RegoValue, RegoValue> {}

/**
 * A value of Rego as host code sees it: JSON, and sets, and objects with any keys. An integer that a double cannot hold
 * exactly is a bigint.
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

export function isSet(value: RegoValue): value is RegoSet {
  return value instanceof Set;
}

export function isRegoObject(value: RegoValue): value is RegoObject {
  return value instanceof Map;
}

export function isNumberText(value: RegoValue): value is NumberText {
  return typeof value === "object" && value !== null && "number" in value;
}

/** An array; `Array.isArray` does not narrow readonly arrays. */
export function isArray(value: RegoValue): value is readonly RegoValue[] {
  return Array.isArray(value);
}
