import type { DesiredStateRequest } from "./desired-state.ts";

/** Cached results, across trees and jobs. A key must include everything that the value depends on. */
export interface Facts<Value> {
  get(key: string): Value | undefined;
  /** `bytes`: about what the value takes in memory. */
  set(key: string, value: Value, bytes: number): void;
}

/** One kind of cached results. Only values of this kind are stored under its name, so a hit is a `Value`. */
export function facts<Value>(cache: DesiredStateRequest["cache"], kind: string): Facts<Value> {
  return {
    get: (key) => cache.get(`${kind}\0${key}`) as Value | undefined,
    set: (key, value, bytes) => cache.set(`${kind}\0${key}`, value, bytes),
  };
}
