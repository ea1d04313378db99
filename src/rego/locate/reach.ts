import type { Json } from "../../model/json.ts";
import { isList, member } from "../../manifest/member.ts";
import type { Path } from "../../manifest/pointer.ts";
import { sameValue, type SubtreeIndex } from "./subtree-index.ts";
import type { Read, Reference, Segment, TwinStatic } from "./twin-static.ts";

/** How far a reference leads into a document. */
export interface Reach {
  /** The deepest existing place on the way. */
  readonly path: Path;
  /** The keys of the reference beyond that place; empty if the value itself exists. */
  readonly missing: readonly string[];
  /** The value at `path`. */
  readonly value: Json;
}

/** One answer of a twin, with its captured variables located in the document. */
export interface Situation {
  readonly document: Json;
  readonly bindings: { readonly [variable: string]: Json };
  /** The place of each captured object or list. */
  readonly heads: ReadonlyMap<string, Path>;
}

/** Every way to locate the captured values of one answer in the document: equal subtrees can be in several places. */
export function situations(
  document: Json,
  bindings: { readonly [variable: string]: Json },
  twin: TwinStatic,
  heads: readonly string[],
  index: () => SubtreeIndex,
): readonly Situation[] {
  let combined: ReadonlyMap<string, Path>[] = [new Map()];
  for (const head of heads) {
    const value = bindings[head];
    if (value === undefined || value === null || typeof value !== "object") continue;
    const expected = (twin.origins?.[head] ?? []).flatMap((origin) => placesOf(document, origin, bindings));
    const fitting = expected.filter((path) => sameValue(at(document, path), value));
    // If the collections of the policy do not tell where their elements come from, the whole document is searched.
    const places = fitting.length > 0 ? distinct(fitting) : index().find(value);
    if (places.length === 0) continue;
    combined = combined.flatMap((map) => places.map((path) => new Map([...map, [head, path]]))).slice(0, 64);
  }
  return combined.map((map) => ({ document, bindings, heads: map }));
}

/** The places that a reference with wildcards can refer to. */
function placesOf(document: Json, origin: Reference, bindings: Situation["bindings"]): readonly Path[] {
  if (origin.h !== "input") return [];
  let found: { readonly path: Path; readonly value: Json }[] = [{ path: [], value: document }];
  for (const segment of origin.p) {
    found = found.flatMap(({ path, value }) =>
      candidateKeys(segment, value, bindings).flatMap((key) => {
        const next = member(value, key);
        return next === undefined ? [] : [{ path: [...path, key], value: next }];
      }),
    );
  }
  return found.map(({ path }) => path);
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

/**
 * How far a read leads: of its alternatives the one that misses the fewest keys, then the deepest. Undefined if it does
 * not concern the document.
 */
export function reach(read: Read, situation: Situation): Reach | undefined {
  let best: Reach | undefined;
  for (const reference of read.r) {
    const start: Path | undefined = reference.h === "input" ? [] : situation.heads.get(reference.h);
    if (start === undefined) continue;
    const found = follow(at(situation.document, start), reference.p, read.neg === true, situation);
    const full = { ...found, path: [...start, ...found.path] };
    if (best === undefined || closer(full, best)) best = full;
  }
  return best;
}

function closer(a: Reach, b: Reach): boolean {
  if (a.missing.length !== b.missing.length) return a.missing.length < b.missing.length;
  return a.path.length > b.path.length;
}

function at(document: Json, path: Path): Json {
  let value: Json | undefined = document;
  for (const key of path) value = member(value, key);
  return value ?? null;
}

function follow(start: Json, segments: readonly Segment[], negated: boolean, situation: Situation): Reach {
  const path: (string | number)[] = [];
  let value = start;
  for (const [i, segment] of segments.entries()) {
    const rest = segments.slice(i + 1);
    if (segment === null || (typeof segment === "object" && "all" in segment)) {
      const inside = followEach(value, rest, { all: segment !== null, negated }, situation);
      return { ...inside, path: [...path, ...inside.path] };
    }
    if (typeof segment === "object" && ("e" in segment || "ev" in segment)) {
      const wanted = "e" in segment ? segment.e : situation.bindings[segment.ev];
      const index = isList(value) ? value.indexOf(wanted ?? null) : -1;
      // Not in a list, or not as an item: the collection is the closest place.
      if (index < 0 || !isList(value)) return { path, missing: [], value };
      path.push(index);
      value = value[index] ?? null;
      continue;
    }
    for (const key of keysOf(segment, situation)) {
      const next = key === undefined ? undefined : member(value, key);
      if (next === undefined || key === undefined) {
        return { path, missing: [key, ...rest.map((s) => keyText(s, situation))].map(String), value };
      }
      path.push(key);
      value = next;
    }
  }
  return { path, missing: [], value };
}

/** Any key: the matching item if it is known, else the collection itself. */
function followEach(
  value: Json,
  rest: readonly Segment[],
  asked: { readonly all: boolean; readonly negated: boolean },
  situation: Situation,
): Reach {
  const collection: Reach = { path: [], missing: [], value };
  if (value === null || typeof value !== "object") {
    return { path: [], missing: ["*", ...rest.map((s) => keyText(s, situation))], value };
  }
  // If no item matches, the fault is not in a particular item.
  if (rest.length === 0 || (asked.negated && !asked.all)) return collection;
  const keys = isList(value) ? [...value.keys()] : Object.keys(value);
  const reached = keys.map((key) => {
    const inside = follow(member(value, key) ?? null, rest, asked.negated, situation);
    return { ...inside, path: [key, ...inside.path] };
  });
  const lacking = asked.negated ? reached.filter((r) => r.missing.length > 0) : [];
  const only = reached.length === 1 ? reached[0] : lacking.length === 1 ? lacking[0] : undefined;
  return only ?? collection;
}

/** The keys that a segment stands for; `undefined` for a captured value that cannot be a key. */
function keysOf(
  segment: string | number | { readonly v: string } | { readonly s: string },
  situation: Situation,
): readonly (string | number | undefined)[] {
  if (typeof segment !== "object") return [segment];
  if ("v" in segment) return [keyOf(situation.bindings[segment.v])];
  const spread = situation.bindings[segment.s];
  return isList(spread) ? spread.map(keyOf) : [undefined];
}

function keyOf(value: Json | undefined): string | number | undefined {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

/** A distinct text for a segment that leads nowhere. */
function keyText(segment: Segment, situation: Situation): string {
  if (segment === null) return "*";
  if (typeof segment !== "object") return String(segment);
  if ("all" in segment) return "*";
  if ("e" in segment) return String(segment.e);
  const bound = situation.bindings["v" in segment ? segment.v : "s" in segment ? segment.s : segment.ev];
  return isList(bound) ? bound.map(keyOf).join("/") : String(keyOf(bound));
}
