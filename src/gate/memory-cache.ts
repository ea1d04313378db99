import type { KustomizationReading } from "../render/kustomization.ts";
import type { CheckCache, JudgedFile } from "./cache.ts";

/** A cache in this process that forgets what was used longest ago once it holds about `bytes`. */
export function memoryCache(bytes: number): CheckCache {
  return {
    files: leastRecentlyUsed<JudgedFile>(bytes * 0.9, (key, file) => 2 * key.length + weightOf(file)),
    kustomizations: leastRecentlyUsed<KustomizationReading>(
      bytes * 0.1,
      (key, reading) => 2 * key.length + weightOf(reading),
    ),
  };
}

/** What a value of plain data takes, about: its JSON in UTF-16, doubled for objects and keys. */
function weightOf(value: JudgedFile | KustomizationReading): number {
  return 100 + 4 * JSON.stringify(value).length;
}

interface Held<Value> {
  readonly value: Value;
  readonly weight: number;
}

function leastRecentlyUsed<Value>(capacity: number, weigh: (key: string, value: Value) => number) {
  const held = new Map<string, Held<Value>>();
  let total = 0;
  const forget = (key: string): void => {
    total -= held.get(key)?.weight ?? 0;
    held.delete(key);
  };
  return {
    get(key: string): Value | undefined {
      const found = held.get(key);
      if (found === undefined) return undefined;
      held.delete(key);
      held.set(key, found);
      return found.value;
    },
    set(key: string, value: Value): void {
      forget(key);
      const weight = weigh(key, value);
      if (weight > capacity) return;
      held.set(key, { value, weight });
      total += weight;
      for (const oldest of held.keys()) {
        if (total <= capacity) break;
        forget(oldest);
      }
    },
  };
}
