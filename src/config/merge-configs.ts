import { isObject } from "../manifest/identity.ts";
import { below } from "../manifest/pointer.ts";
import { sameJson } from "../manifest/same-json.ts";
import type { Json, JsonObject, Pointer } from "../model/json.ts";
import type { Problem } from "../model/problem.ts";
import { configProblem } from "./config-problem.ts";
import { lockedPlaces } from "./locks.ts";
import type { ConfigPlace, ConfigSource } from "./read-config.ts";

/** One of the files that a configuration is made of. */
export interface ConfigLayer {
  readonly value: JsonObject;
  readonly source: ConfigSource;
}

/** Several configurations as one. */
export interface MergedConfigs {
  readonly value: JsonObject;
  /** Tells of each value in which file it stands. */
  readonly source: ConfigSource;
  readonly problems: readonly Problem[];
}

/**
 * Merges configurations of which each extends the one before it; the last is the repository's own. Lists are joined, objects
 * are merged by key, and of other values the last counts. A key that one of them locks is a problem in those after it.
 */
export function mergeConfigs(layers: readonly ConfigLayer[]): MergedConfigs {
  const origins = new Map<Pointer, Origin>();
  const value = mergeValues(
    layers.map((layer) => ({ layer, value: layer.value })),
    "",
    origins,
  );
  return {
    value: isObject(value) ? value : {},
    source: { path: layers.at(-1)?.source.path ?? "", place: (pointer) => placeOf(pointer, origins) },
    problems: brokenLocks(layers),
  };
}

/** Where a value of the merged configuration stands. */
interface Origin {
  readonly layer: ConfigLayer;
  readonly pointer: Pointer;
}

interface Written {
  readonly layer: ConfigLayer;
  readonly value: Json;
}

/** A level with a date is one value, and so is each parameter of a policy. */
const whole = /^(?:\/environments\/[^/]+)?\/levels\/[^/]+$|^\/environments\/[^/]+\/parameters\/[^/]+\/[^/]+$/;

function mergeValues(all: readonly Written[], pointer: Pointer, origins: Map<Pointer, Origin>): Json {
  const last = all.at(-1);
  if (last === undefined) return null;
  origins.set(pointer, { layer: last.layer, pointer });
  if (all.length === 1 && pointer !== "") return last.value;
  if (!whole.test(pointer)) {
    const objects = all.flatMap(({ layer, value }) => (isObject(value) ? [{ layer, value }] : []));
    if (objects.length === all.length) return mergeObjects(objects, pointer, origins);
    const lists = all.flatMap(({ layer, value }) => (Array.isArray(value) ? [{ layer, value }] : []));
    if (lists.length === all.length) return joinLists(lists, pointer, origins);
  }
  return last.value;
}

function mergeObjects(
  all: readonly { readonly layer: ConfigLayer; readonly value: JsonObject }[],
  pointer: Pointer,
  origins: Map<Pointer, Origin>,
): JsonObject {
  const keys = new Set(all.flatMap(({ value }) => Object.keys(value)));
  return Object.fromEntries(
    [...keys].map((key) => {
      const having = all.flatMap(({ layer, value }) => {
        const inner = Object.hasOwn(value, key) ? value[key] : undefined;
        return inner === undefined ? [] : [{ layer, value: inner }];
      });
      return [key, mergeValues(having, below(pointer, key), origins)];
    }),
  );
}

function joinLists(
  all: readonly { readonly layer: ConfigLayer; readonly value: readonly Json[] }[],
  pointer: Pointer,
  origins: Map<Pointer, Origin>,
): readonly Json[] {
  const joined: Json[] = [];
  for (const { layer, value } of all) {
    for (const [index, item] of value.entries()) {
      if (joined.some((other) => sameJson(other, item))) continue;
      origins.set(below(pointer, joined.length), { layer, pointer: below(pointer, index) });
      joined.push(item);
    }
  }
  return joined;
}

/** The place of a value, or of the deepest one on the way to it. */
function placeOf(pointer: Pointer, origins: ReadonlyMap<Pointer, Origin>): ConfigPlace | undefined {
  for (let above = pointer; ; above = above.slice(0, above.lastIndexOf("/"))) {
    const origin = origins.get(above);
    if (origin !== undefined) return origin.layer.source.place(origin.pointer + pointer.slice(above.length));
    if (above === "") return undefined;
  }
}

function brokenLocks(layers: readonly ConfigLayer[]): readonly Problem[] {
  return layers.flatMap((locking, at) => {
    const { locked = [] } = locking.value;
    return (Array.isArray(locked) ? locked : []).flatMap((entry: Json, index) => {
      if (typeof entry !== "string") return [];
      const by = locking.source.place(`/locked/${index}`);
      const where = `${by?.path ?? locking.source.path}:${by?.line ?? 1}`;
      return layers
        .slice(at + 1)
        .flatMap(({ value, source }) =>
          lockedPlaces(entry, value).map((pointer) =>
            configProblem(source, pointer, `${entry} is locked by ${where}, so that no other configuration sets it`),
          ),
        );
    });
  });
}
