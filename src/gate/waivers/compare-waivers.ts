import { waiverKeys, type Waiver, type WaiverChange, type WaiverKey } from "../../model/waiver.ts";
import { includesPattern } from "./patterns.ts";

/**
 * What a change does to the waivers of a tree, in the order of the tree after, then what it removes. A waiver that only
 * moves to another line or file is no change. Whatever is not known to be covered by a waiver from before allows more.
 */
export function compareWaivers(before: readonly Waiver[], after: readonly Waiver[]): readonly WaiverChange[] {
  const open = new Set(before);
  const pairs = new Map<Waiver, Waiver>();
  // What is alike is matched first, so that a copy that is widened does not take the place of the waiver itself.
  const alike = new Map<string, Waiver[]>();
  for (const old of before) alike.set(keyOf(old), [...(alike.get(keyOf(old)) ?? []), old]);
  const kept = new Set<Waiver>();
  for (const now of after) {
    const old = alike.get(keyOf(now))?.shift();
    if (old === undefined) continue;
    open.delete(old);
    kept.add(now);
  }
  const passes: readonly ((old: Waiver, now: Waiver) => boolean)[] = [
    (old, now) => isSameCover(old, now) && old.expires === now.expires && isSameText(old, now),
    isSameCover,
    (old, now) => includesWaiver(old, now) || includesWaiver(now, old),
  ];
  for (const fits of passes) {
    for (const now of after) {
      if (kept.has(now) || pairs.has(now)) continue;
      const old = [...open].find((one) => fits(one, now));
      if (old === undefined) continue;
      open.delete(old);
      pairs.set(now, old);
    }
  }
  return [
    ...after.flatMap((now) => (kept.has(now) ? [] : changeOf(pairs.get(now), now, before))),
    ...[...open].map((old) => ({ kind: "removed", before: old }) as const),
  ];
}

/** Whether a change of waivers allows more than was allowed before. */
export function allowsMore({ kind }: WaiverChange): boolean {
  return kind === "added" || kind === "widened" || kind === "extended";
}

/** Whether all that the one waiver covers is known to be covered by the other, whatever their dates. */
export function includesWaiver(wide: Waiver, narrow: Waiver): boolean {
  return includesScope(wide, narrow) && waiverKeys.every((key) => includesKey(key, wide, narrow));
}

function changeOf(old: Waiver | undefined, now: Waiver, before: readonly Waiver[]): readonly WaiverChange[] {
  const covering = before.filter((one) => includesWaiver(one, now));
  const isCovered = covering.some(({ expires }) => expires >= now.expires);
  if (old === undefined) {
    const [first] = covering.toSorted((one, other) => (one.expires < other.expires ? 1 : -1));
    if (isCovered && first !== undefined) return [{ kind: "narrowed", before: first, after: now }];
    return [first === undefined ? { kind: "added", after: now } : { kind: "extended", before: first, after: now }];
  }
  const change = (kind: Exclude<WaiverChange["kind"], "added" | "removed">): readonly WaiverChange[] => [
    { kind, before: old, after: now },
  ];
  if (!isCovered) return change(covering.length === 0 ? "widened" : "extended");
  if (!includesWaiver(now, old)) return change("narrowed");
  if (now.expires < old.expires) return change("shortened");
  return isSameText(old, now) ? [] : change("reworded");
}

/** Equal for waivers that differ in nothing but their place. */
export function keyOf({ scope, match, reason, ticket, owner, expires }: Waiver): string {
  return JSON.stringify([scope, waiverKeys.map((key) => match[key]), reason, ticket, owner, expires]);
}

function isSameCover(one: Waiver, other: Waiver): boolean {
  return includesWaiver(one, other) && includesWaiver(other, one);
}

function isSameText(one: Waiver, other: Waiver): boolean {
  return one.reason === other.reason && one.ticket === other.ticket && one.owner === other.owner;
}

function includesScope({ scope: wide }: Waiver, { scope: narrow }: Waiver): boolean {
  if (wide.kind === "policy") return narrow.kind === "policy" && includesPattern("policy", wide.policy, narrow.policy);
  if (wide.kind === "problem") return narrow.kind === "problem" && wide.stage === narrow.stage;
  return narrow.kind === "gap";
}

function includesKey(key: WaiverKey, { match: wide }: Waiver, { match: narrow }: Waiver): boolean {
  const patterns = wide[key];
  if (patterns === undefined) return true;
  return narrow[key]?.every((pattern) => patterns.some((one) => includesPattern(key, one, pattern))) ?? false;
}
