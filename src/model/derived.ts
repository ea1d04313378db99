/** Keeps what is derived from a policy set by this build of Portcullis, under keys that name the set and what it is; it may forget. */
export interface Derived {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** The value under a key, made where there is none. Only values of this kind may have such a key. */
export function derivedOnce<Value>(derived: Derived | undefined, key: string, make: () => Value): Value {
  const known = derived?.get(key);
  if (known !== undefined) return known as Value;
  const value = make();
  derived?.set(key, value);
  return value;
}
