import type { Json } from "../../model/json.ts";
import { isList, member } from "../../manifest/member.ts";
import type { Path } from "../../manifest/pointer.ts";
import { keyOf, placesOfValue, type Situation } from "./situations.ts";
import type { Read, Reference, Segment } from "./twin-static.ts";

/** How far a reference leads into a document. */
export interface Reach {
  /** The deepest existing place on the way. */
  readonly path: Path;
  /** The keys of the reference beyond that place; empty if the value itself exists. */
  readonly missing: readonly string[];
  /** The value at `path`; if the read could mean one of several places, the values at these. */
  readonly value: Json;
  /** True if the read could mean several places, and which one is not known: `path` is what they have in common. */
  readonly vague?: true;
}

/** How far one alternative leads. `guessed`: through any key of a collection. */
interface Followed extends Reach {
  readonly guessed?: true;
}

/**
 * How far a read leads: of its alternatives the one that misses the fewest keys, then the deepest. An alternative that
 * leads through any item of a collection counts only if nothing leads straight to the value, and if the value there is
 * the one that the policy bound. Undefined if the read does not concern the document.
 */
export function reach(read: Read, situation: Situation): Reach | undefined {
  const followed = read.r.flatMap((reference) => {
    const found = fromItsHead(reference, read.neg === true, situation);
    return found === undefined ? [] : [found];
  });
  const straight = followed.filter(({ guessed, missing }) => guessed !== true && missing.length === 0);
  const direct = closest(straight);
  if (direct !== undefined)
    return straight.every(({ path }) => samePath(path, direct.path)) ? direct : { ...direct, vague: true };
  const guesses = followed.filter(({ missing }) => missing.length === 0);
  const bound = boundPlaces(read, situation);
  const [only, another] = bound ?? [];
  if (only !== undefined && another === undefined) {
    return { path: only, missing: [], value: at(situation.document, only) };
  }
  if (bound !== undefined && (guesses.length > 0 || bound.length > 0)) {
    const paths = bound.length > 0 ? bound : guesses.map(({ path }) => path);
    return vague(paths, bound.length > 0 ? [at(situation.document, bound[0] ?? [])] : valuesOf(guesses));
  }
  if (guesses.length > 1)
    return vague(
      guesses.map(({ path }) => path),
      valuesOf(guesses),
    );
  const guess = guesses[0] ?? closest(followed);
  // How many there are is a property of the collection.
  return guess !== undefined && read.size === true
    ? { path: guess.path, missing: guess.missing, value: guess.value }
    : guess;
}

function samePath(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((key, i) => key === other[i]);
}

function fromItsHead(reference: Reference, negated: boolean, situation: Situation): Followed | undefined {
  const start: Path | undefined = reference.h === "input" ? [] : situation.heads.get(reference.h);
  if (start === undefined) return undefined;
  const found = follow(at(situation.document, start), reference.p, negated, situation);
  return { ...found, path: [...start, ...found.path] };
}

/**
 * The places at which the document has the value that a captured variable of the read is bound to, among those where it
 * can come from; undefined if no variable of the read is bound to a single value.
 */
function boundPlaces(read: Read, { document, bindings, heads, origins }: Situation): readonly Path[] | undefined {
  for (const { h, p } of read.r) {
    const binding = h === "input" || heads.has(h) ? undefined : bindings[h];
    if (binding === undefined || p.length > 0 || (binding !== null && typeof binding === "object")) continue;
    const others = read.r.filter((one) => one.h === "input");
    return placesOfValue(document, [...(origins[h] ?? []), ...others], binding, bindings);
  }
  return undefined;
}

function vague(paths: readonly Path[], values: readonly Json[]): Reach {
  const [first = [], ...others] = paths;
  const differs = first.findIndex((key, i) => others.some((path) => path[i] !== key));
  const path = differs === -1 ? first : first.slice(0, differs);
  return { path, missing: [], value: values, ...(others.length > 0 ? { vague: true } : {}) };
}

function valuesOf(list: readonly Reach[]): readonly Json[] {
  return list.map(({ value }) => value);
}

function closest<T extends Reach>(list: readonly T[]): T | undefined {
  let best: T | undefined;
  for (const one of list) if (best === undefined || closer(one, best)) best = one;
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

function follow(start: Json, segments: readonly Segment[], negated: boolean, situation: Situation): Followed {
  const path: (string | number)[] = [];
  let value = start;
  for (const [i, segment] of segments.entries()) {
    const rest = segments.slice(i + 1);
    if (segment === null || (typeof segment === "object" && "all" in segment)) {
      const inside = followEach(value, rest, { all: segment !== null, negated }, situation);
      return { ...inside, path: [...path, ...inside.path], guessed: true };
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
  if (value === null || typeof value !== "object") {
    return { path: [], missing: ["*", ...rest.map((s) => keyText(s, situation))], value };
  }
  // If no item matches, the fault is not in a particular item.
  if (rest.length === 0 || (asked.negated && !asked.all)) return { path: [], missing: [], value };
  const keys = isList(value) ? [...value.keys()] : Object.keys(value);
  const reached = keys.map((key) => {
    const inside = follow(member(value, key) ?? null, rest, asked.negated, situation);
    return { ...inside, path: [key, ...inside.path] };
  });
  const lacking = asked.negated ? reached.filter((r) => r.missing.length > 0) : [];
  const only = reached.length === 1 ? reached[0] : lacking.length === 1 ? lacking[0] : undefined;
  if (only !== undefined) return only;
  const complete = reached.filter(({ missing }) => missing.length === 0);
  return { path: [], missing: [], value: complete.length > 0 ? valuesOf(complete) : value, vague: true };
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

/** A distinct text for a segment that leads nowhere. */
function keyText(segment: Segment, situation: Situation): string {
  if (segment === null) return "*";
  if (typeof segment !== "object") return String(segment);
  if ("all" in segment) return "*";
  if ("e" in segment) return String(segment.e);
  const bound = situation.bindings["v" in segment ? segment.v : "s" in segment ? segment.s : segment.ev];
  return isList(bound) ? bound.map(keyOf).join("/") : String(keyOf(bound));
}
