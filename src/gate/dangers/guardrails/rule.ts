import { canonicalJson } from "../../../manifest/canonical-json.ts";
import { isObject } from "../../../manifest/identity.ts";
import type { Json, JsonObject } from "../../../model/json.ts";
import { isNothing, valueAt, type Path } from "../differences.ts";

/** One way in which an update makes a guardrail weaker. */
export interface Loosened {
  /** `its rule "no-root" is removed`. */
  readonly what: string;
  /** The place of the field, from the root of the manifest after the change. */
  readonly path: Path;
  readonly level: "deny" | "warn";
}

/** Both sides of an update of a guardrail. */
export interface GuardrailUpdate {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** Finds what an update of one kind makes weaker. */
export type GuardrailRule = (update: GuardrailUpdate) => readonly Loosened[];

/** A field of both sides as lists; a missing one as an empty list. */
export function lists({ before, after }: GuardrailUpdate, path: Path): readonly [readonly Json[], readonly Json[]] {
  return [listOf(valueAt(before, path)), listOf(valueAt(after, path))];
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** The items of the first list that the second does not have. */
export function without(list: readonly Json[], other: readonly Json[]): readonly Json[] {
  const known = new Set(other.map(canonicalJson));
  return list.filter((item) => !known.has(canonicalJson(item)));
}

/** Reports items of a list that only the tree after has. */
export function added(
  update: GuardrailUpdate,
  path: Path,
  what: string,
  level: Loosened["level"],
): readonly Loosened[] {
  const [before, after] = lists(update, path);
  return without(after, before).map((item) => ({
    what: `${what}${shown(item)}`,
    path: [...path, after.indexOf(item)],
    level,
  }));
}

/** Reports items of a list that only the tree before has; items with a name are compared by it. */
export function removed(
  update: GuardrailUpdate,
  path: Path,
  what: string,
  level: Loosened["level"],
): readonly Loosened[] {
  const [before, after] = lists(update, path);
  const kept = new Set(after.map(nameOf));
  return before
    .filter((item) => !kept.has(nameOf(item)))
    .map((item) => ({ what: `${what}${shown(item)}`, path, level }));
}

function nameOf(item: Json): string {
  const name = isObject(item) ? item["name"] : undefined;
  return typeof name === "string" ? `name ${name}` : canonicalJson(item);
}

/** Reports a field that was absent or empty and now has a value. */
export function appears(
  { before, after }: GuardrailUpdate,
  path: Path,
  what: string,
  level: Loosened["level"],
): readonly Loosened[] {
  return isNothing(valueAt(before, path)) && !isNothing(valueAt(after, path)) ? [{ what, path, level }] : [];
}

/** Reports a field that had one of these values and now has another. */
export function leaves(
  { before, after }: GuardrailUpdate,
  path: Path,
  strict: readonly Json[],
  level: Loosened["level"],
): readonly Loosened[] {
  const [old, now] = [valueAt(before, path), valueAt(after, path)];
  if (old === undefined || !strict.includes(old) || (now !== undefined && strict.includes(now))) return [];
  return [{ what: `${path.join(".")} was ${text(old)} and is ${text(now)}`, path, level }];
}

function shown(item: Json): string {
  const name = isObject(item) ? item["name"] : item;
  return typeof name === "string" ? ` ${JSON.stringify(name)}` : "";
}

function text(value: Json | undefined): string {
  return value === undefined ? "absent" : canonicalJson(value);
}

/** A value as a message shows it. */
export function plain(value: Json | undefined): string {
  return value === undefined ? "" : typeof value === "object" ? canonicalJson(value) : `${value}`;
}
