import type { Json } from "../../model/json.ts";
import { isList, member } from "../../manifest/member.ts";
import type { Path } from "../../manifest/pointer.ts";
import { sameValue, type SubtreeIndex } from "./subtree-index.ts";
import type { Reference, Segment, TwinStatic } from "./twin-static.ts";

/** One answer of a twin, with its captured variables located in the document. */
export interface Situation {
  readonly document: Json;
  readonly bindings: { readonly [variable: string]: Json };
  /** The place of each captured object or list. */
  readonly heads: ReadonlyMap<string, Path>;
  /** The possible places of captured values of collections that the policy built. */
  readonly origins: { readonly [variable: string]: readonly Reference[] };
}

/** Every way to locate the captured values of one answer in the document: equal subtrees can be in several places. */
export function situations(
  document: Json,
  bindings: { readonly [variable: string]: Json },
  twin: TwinStatic,
  heads: readonly string[],
  index: () => SubtreeIndex,
): readonly Situation[] {
  const origins = twin.origins ?? {};
  let combined: ReadonlyMap<string, Path>[] = [new Map()];
  for (const head of heads) {
    const value = bindings[head];
    if (value === undefined || value === null || typeof value !== "object") continue;
    const fitting = placesOfValue(document, origins[head] ?? [], value, bindings);
    // If the collections of the policy do not tell where their elements come from, the whole document is searched.
    const places = fitting.length > 0 ? fitting : index().find(value);
    if (places.length === 0) continue;
    combined = combined.flatMap((map) => places.map((path) => new Map([...map, [head, path]]))).slice(0, 64);
  }
  return combined.map((map) => ({ document, bindings, heads: map, origins }));
}

/** The places to which references with wildcards can lead and at which the document has this value. */
export function placesOfValue(
  document: Json,
  references: readonly Reference[],
  value: Json,
  bindings: Situation["bindings"],
): readonly Path[] {
  return distinct(
    references
      .flatMap((reference) => placesOf(document, reference, bindings))
      .filter((place) => sameValue(place.value, value))
      .map(({ path }) => path),
  );
}

interface Place {
  readonly path: Path;
  readonly value: Json;
}

function placesOf(document: Json, origin: Reference, bindings: Situation["bindings"]): readonly Place[] {
  if (origin.h !== "input") return [];
  let found: readonly Place[] = [{ path: [], value: document }];
  for (const segment of origin.p) {
    found = found.flatMap(({ path, value }) =>
      candidateKeys(segment, value, bindings).flatMap((key) => {
        const next = member(value, key);
        return next === undefined ? [] : [{ path: [...path, key], value: next }];
      }),
    );
  }
  return found;
}

function candidateKeys(segment: Segment, value: Json, bindings: Situation["bindings"]): readonly (string | number)[] {
  if (typeof segment === "string" || typeof segment === "number") return [segment];
  const bound = segment !== null && "v" in segment ? keyOf(bindings[segment.v]) : undefined;
  if (bound !== undefined) return [bound];
  if (value === null || typeof value !== "object") return [];
  return isList(value) ? [...value.keys()] : Object.keys(value);
}

function distinct(paths: readonly Path[]): readonly Path[] {
  const seen = new Set<string>();
  return paths.filter((path) => {
    const text = JSON.stringify(path);
    return !seen.has(text) && seen.add(text);
  });
}

/** A captured value as a key; undefined if it cannot be one. */
export function keyOf(value: Json | undefined): string | number | undefined {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}
