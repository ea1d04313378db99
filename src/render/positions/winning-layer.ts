import { isObject } from "../../manifest/identity.ts";
import type { Json } from "../../model/json.ts";
import type { HelmSet } from "../../model/renderer.ts";
import type { SourcePlace } from "../unit.ts";
import { setKeys } from "./set-keys.ts";
import { printsAs } from "./prints-as.ts";
import { heldBy, type ValuesText } from "./values-text.ts";

/** A `--set`, and where it is written, if that is known. */
export type PlacedSet = HelmSet & { readonly place?: SourcePlace };

export interface Layers {
  /** Lowest first: those of dependencies, the chart's own, then those that are laid over them. */
  readonly texts: readonly ValuesText[];
  readonly set: readonly PlacedSet[];
}

/** The layer that gave a value of the merged values; the higher the rank, the later it was laid over. */
export type Winner =
  | { readonly kind: "text"; readonly rank: number; readonly layer: ValuesText; readonly keys: readonly string[] }
  | { readonly kind: "set"; readonly rank: number; readonly place?: SourcePlace }
  /** Several layers have a part of it, this one the last word. */
  | { readonly kind: "parts"; readonly rank: number; readonly layer: ValuesText; readonly keys: readonly string[] };

/** Undefined where no layer gives this very value: a template made it, or a dependency's values were imported. */
export function winnerOf(keys: readonly string[], value: Json, { texts, set }: Layers): Winner | undefined {
  for (const one of inOrder(set)) {
    const names = setKeys(one.name);
    if (names !== undefined && alternatives(keys).some((other) => isPrefix(names, other))) {
      return { kind: "set", rank: texts.length, ...(one.place === undefined ? {} : { place: one.place }) };
    }
  }
  for (const other of alternatives(keys)) {
    for (const [rank, layer] of [...texts.entries()].reverse()) {
      const held = heldBy(layer, other);
      if (held === undefined) continue;
      if (printsAs(held.value, value)) return { kind: "text", rank, layer, keys: held.keys };
      if (isObject(held.value) && isObject(value)) return { kind: "parts", rank, layer, keys: held.keys };
      return undefined;
    }
  }
  return undefined;
}

/** A global value of a dependency is first of all that of the chart above it. */
function alternatives(keys: readonly string[]): readonly (readonly string[])[] {
  const at = keys.indexOf("global");
  return at > 0 ? [keys.slice(at), keys] : [keys];
}

const appliedFirst = ["json", "value", "string", "file"];

/** The last one applied first: by kind, as Helm does, then as they are given. */
function inOrder(set: readonly PlacedSet[]): readonly PlacedSet[] {
  return set.toSorted((one, other) => appliedFirst.indexOf(one.as) - appliedFirst.indexOf(other.as)).reverse();
}

function isPrefix(start: readonly string[], keys: readonly string[]): boolean {
  return start.length > 0 && start.length <= keys.length && start.every((key, at) => keys[at] === key);
}
