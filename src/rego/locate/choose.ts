import { isScalar } from "../../manifest/pointer.ts";
import { reach, type Reach } from "./reach.ts";
import type { Situation } from "./situations.ts";
import type { Read, Step, TwinStatic } from "./twin-static.ts";

/** A read with the place that it leads to. */
export interface Seen {
  readonly read: Omit<Read, "r">;
  readonly reach: Reach;
}

/** A step of a derivation with the places that its reads lead to. */
export interface SeenStep {
  readonly step: Pick<Step, "kind" | "neg" | "equal" | "exempts">;
  readonly seen: readonly Seen[];
  readonly domain: readonly Seen[];
}

/** The place that was chosen, and the other values that its condition compares it with. */
export interface Choice {
  readonly place: Reach;
  readonly others: readonly Reach[];
}

/**
 * The place from which one answer of a twin arises, by the rules of docs/locations.md; undefined if none of its reads
 * leads into the document.
 */
export function choosePlace(twin: TwinStatic, situation: Situation): Choice | undefined {
  return chooseAmong(
    twin.steps.map((step) => ({ step, seen: look(step.reads, situation), domain: look(step.domain, situation) })),
  );
}

/** Chooses a place from the reads of a derivation, by the rules of docs/locations.md. */
export function chooseAmong(all: readonly SeenStep[]): Choice | undefined {
  const steps = all.map((step) => ({ ...step, seen: withoutPassedOn(step.seen) }));
  const backwards = steps.toReversed();
  const conditions = backwards.filter(({ step }) => step.kind === "condition");
  const telling = (of: readonly SeenStep[], sharp = false) =>
    first(of, ({ step, seen }) => {
      const choice = best(seen.filter((s) => !isFilter(step, s) && !(sharp && isVague(step, s))));
      if (choice === undefined || !isOneOfSeveral(choice.place, seen)) return choice;
      return { ...choice, place: { ...choice.place, vague: true as const } };
    });
  return (
    telling(conditions, true) ??
    telling(conditions) ??
    telling(backwards.filter(({ step }) => step.kind === "let")) ??
    first(conditions, ({ seen }) => best(seen.filter((s) => !isKind(s)))) ??
    first(backwards, ({ step, seen }) => (step.kind === "iteration" ? best(seen) : undefined)) ??
    first(conditions, ({ seen }) => best(seen.filter((s) => s.reach.path[0] === "apiVersion"))) ??
    first(conditions, ({ seen }) => best(seen)) ??
    first(backwards, ({ domain }) => best(domain)) ??
    first(backwards, ({ seen }) => best(seen))
  );
}

function look(reads: readonly Read[] | undefined, situation: Situation): readonly Seen[] {
  return (reads ?? []).flatMap((read) => {
    const found = reach(read, situation);
    return found === undefined ? [] : [{ read, reach: found }];
  });
}

function first<T, R>(list: readonly T[], pick: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const found = pick(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether the policy could have read another value by a key of the same choice. */
function isOneOfSeveral(place: Reach, seen: readonly Seen[]): boolean {
  const choices = seen.filter(({ read, reach: { missing } }) => read.or === true && missing.length === 0);
  const isAmong = choices.some((s) => s.reach === place);
  return isAmong && choices.some((s) => s.reach !== place && String(s.reach.path) !== String(place.path));
}

/** Whether a read only selects the manifest: its kind, or its name if that is only compared. */
function isFilter(step: SeenStep["step"], seen: Seen): boolean {
  if (isKind(seen)) return true;
  if (step.equal !== true || step.neg === true) return false;
  const [top, field] = seen.reach.path;
  return top === "metadata" && (field === "name" || field === "namespace") && seen.reach.missing.length === 0;
}

/** Whether a condition is less specific than others: a count, or a check whether the manifest is excused. */
function isVague(step: SeenStep["step"], seen: Seen): boolean {
  return step.exempts === true || (seen.read.size === true && seen.reach.missing.length === 0);
}

function isKind({ reach: { path } }: Seen): boolean {
  return path.length === 1 && (path[0] === "kind" || path[0] === "apiVersion");
}

/** The read that decides a condition: a leaf that the condition names itself, else the deepest read of its helpers. */
function best(seen: readonly Seen[]): Choice | undefined {
  const telling = seen.filter((s) => weight(s) > 0);
  const own = telling.filter((s) => s.read.own === true && isLeaf(s));
  if (own.length > 0) return deepest(own);
  const failed = new Set(seen.filter((s) => s.read.b !== true && weight(s) === 0).map((s) => s.read.g));
  const groups = new Map<number, Seen>();
  for (const s of telling) {
    const group = s.read.g ?? 0;
    if (failed.has(group) && telling.some((other) => !failed.has(other.read.g))) continue;
    const other = groups.get(group);
    if (other === undefined || tellsMore(s, other)) groups.set(group, s);
  }
  const place = deepest([...groups.values()])?.place;
  return place && { place, others: [] };
}

/**
 * Which of two reads of one body, in order, is more specific: if the body held, the last condition; if it failed, what
 * is absent.
 */
function tellsMore(later: Seen, earlier: Seen): boolean {
  if (later.read.g !== undefined && later.read.b !== true) return weight(later) > 1 || weight(earlier) < 2;
  return weight(later) > weight(earlier) || (weight(later) === weight(earlier) && deeper(later, earlier));
}

/**
 * How well a read explains that its condition holds: best an absence under a negation; not at all an absence that would
 * have made it undefined.
 */
function weight({ read, reach: { missing } }: Seen): number {
  if (missing.length > 0) return read.neg === true ? 3 : read.opt === true ? 2 : 0;
  return read.key === true ? 1 : 2;
}

function isLeaf({ read, reach: { missing, value } }: Seen): boolean {
  return read.key !== true && (missing.length > 0 || isScalar(value) || value === null);
}

function deepest(list: readonly Seen[]): Choice | undefined {
  let found: Seen | undefined;
  for (const s of list) if (found === undefined || deeper(s, found)) found = s;
  if (found === undefined) return undefined;
  const { reach: place } = found;
  const others = list.filter((s) => s !== found && isLeaf(s)).map((s) => s.reach);
  return { place, others: isLeaf(found) ? others : [] };
}

function deeper(a: Seen, b: Seen): boolean {
  const byDepth = a.reach.path.length - b.reach.path.length;
  if (byDepth !== 0) return byDepth > 0;
  const byWeight = weight(a) - weight(b);
  return byWeight !== 0 ? byWeight > 0 : a.reach.missing.length > 0 && b.reach.missing.length === 0;
}

/** The values that the conditions of an answer depend on, in the order of the policy; absent ones as undefined. */
export function valuesRead(twin: TwinStatic, situation: Situation): readonly Reach[] {
  const seen = twin.steps
    .filter((step) => step.kind === "condition" || step.kind === "let")
    .flatMap((step) => wholes(look(step.reads, situation)));
  const values = seen.filter((s) => !isKind(s));
  const kept = values.length > 0 ? values : seen;
  return kept.map((s) => s.reach);
}

/** Removes objects that were only passed to a helper, if the reads of the helper inside them are specific. */
function withoutPassedOn(seen: readonly Seen[]): readonly Seen[] {
  const telling = seen.filter((s) => weight(s) > 0);
  return seen.filter((s) => s.reach.missing.length > 0 || !telling.some((other) => inside(other, s)));
}

/** Removes objects that were only passed to a helper that read inside them. */
function wholes(seen: readonly Seen[]): readonly Seen[] {
  return seen.filter(
    (s) => isScalar(s.reach.value) || s.reach.missing.length > 0 || !seen.some((other) => inside(other, s)),
  );
}

function inside(inner: Seen, outer: Seen): boolean {
  const depth = inner.reach.path.length + inner.reach.missing.length;
  if (inner === outer || depth <= outer.reach.path.length) return false;
  if (inner.reach.path.length < outer.reach.path.length) return false;
  return outer.reach.path.every((key, i) => inner.reach.path[i] === key);
}
