import type { KustomizationReading } from "../render/kustomizations/kustomization.ts";
import type { CheckCache, JudgedSource, LateJudgement } from "./judged-source.ts";

/** Makes a least-recently-used cache in memory of about `bytes` bytes, and another `rendered` bytes for renderings. */
export function memoryCache(bytes: number, rendered: number = bytes): CheckCache {
  const weigh = (key: string, value: JudgedSource | LateJudgement | KustomizationReading): number =>
    2 * key.length + weightOf(value);
  const renderings = leastRecentlyUsed<{ readonly value: unknown; readonly bytes: number }>(
    rendered,
    (key, held) => 2 * key.length + held.bytes,
  );
  return {
    sources: leastRecentlyUsed<JudgedSource>(bytes * 0.8, weigh),
    late: leastRecentlyUsed<LateJudgement>(bytes * 0.1, weigh),
    kustomizations: leastRecentlyUsed<KustomizationReading>(bytes * 0.1, weigh),
    renderings: {
      get: (key) => renderings.get(key)?.value,
      set: (key, value, size) => renderings.set(key, { value, bytes: size }),
    },
  };
}

/** The approximate memory of plain data in bytes: its JSON in UTF-16, doubled for objects and keys. */
function weightOf(value: JudgedSource | LateJudgement | KustomizationReading): number {
  return 100 + 4 * textOf(value).length;
}

function textOf(value: JudgedSource | LateJudgement | KustomizationReading): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Manifests that wait for facts keep their content, which may hold integers that JSON cannot.
    return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item));
  }
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
