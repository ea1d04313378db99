import type { Json } from "../model/json.ts";
import { sameJson } from "./same-json.ts";
import { isObject } from "./identity.ts";

/** A JSON object while it is being filled. */
export type Mapping = { [key: string]: Json };

/** The state of merging `<<` into one mapping. */
export interface MergeState {
  /** Keys that came from a merge and may be set once more by the mapping itself. */
  readonly merged: Set<string>;
  readonly converted: ReadonlyMap<Mapping, ReadonlySet<string>>;
  seen: boolean;
}

export function newMergeState(converted: ReadonlyMap<Mapping, ReadonlySet<string>>): MergeState {
  return { merged: new Set(), converted, seen: false };
}

/** Sets an own property whatever its name is. */
export function setOwn(mapping: Mapping, key: string, value: Json): void {
  if (key === "__proto__") {
    Object.defineProperty(mapping, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    mapping[key] = value;
  }
}

/** Merges one source of `<<` into a mapping. Returns an error message where readers disagree about the result, else undefined. */
export function mergeInto(state: MergeState, mapping: Mapping, source: Json | undefined): string | undefined {
  if (!isObject(source)) {
    return "The merge key `<<` expects a mapping, or a list of mappings.";
  }
  const from = source as Mapping;
  const converted = state.converted.get(from);
  for (const key of Object.keys(from)) {
    const value = from[key] as Json;
    if (converted?.has(key) === true)
      return `The key \`${key}\`, merged in by \`<<\`, is not a string; put it in quotes.`;
    if (Object.hasOwn(mapping, key) && !state.merged.has(key)) {
      if (sameJson(mapping[key] as Json, value)) continue;
      return `The key \`${key}\` is set before \`<<\` merges it again: Kubernetes uses the merged value, other readers the first; put \`<<\` first.`;
    }
    setOwn(mapping, key, value);
    state.merged.add(key);
  }
  return undefined;
}
