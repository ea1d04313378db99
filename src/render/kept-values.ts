import type { DesiredStateRequest } from "./desired-state.ts";

/** What was found out about content, kept over trees and jobs by a key that says all that it depends on. */
export interface Facts<Value> {
  get(key: string): Value | undefined;
  /** `bytes`: about what the value takes in memory. */
  set(key: string, value: Value, bytes: number): void;
}

/** One kind of facts in the cache of a request. Only this kind is ever stored under its name, so what comes back is a `Value`. */
export function facts<Value>(cache: DesiredStateRequest["cache"], kind: string): Facts<Value> {
  return {
    get: (key) => cache.get(`${kind}\0${key}`) as Value | undefined,
    set: (key, value, bytes) => cache.set(`${kind}\0${key}`, value, bytes),
  };
}
