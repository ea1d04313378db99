import type { PlacedFinding } from "./place-findings.ts";

/** Findings of one cause. `byName`: of several objects of one source at a place that does not tell them apart, this one's. */
export interface Cause {
  readonly members: readonly PlacedFinding[];
  readonly byName: boolean;
}

/**
 * Tells apart what is found at one place: what one rule finds several times in one object, and the objects of one source where
 * the place is no more than where the source is declared. What differs between objects only is one cause.
 */
export function apart(group: readonly PlacedFinding[]): readonly Cause[] {
  const members = [
    ...new Map(group.map((one) => [JSON.stringify([objectOf(one), one.finding.message]), one])).values(),
  ];
  const isMixed = members.some(({ vague }) => vague) && [...parts(members, sourceOf).values()].some(hasSeveralObjects);
  const objects = isMixed ? [...parts(members, kindAndNameOf).values()] : [members];
  return objects.flatMap((each) => separate(each).map((one) => ({ members: one, byName: isMixed })));
}

/** Each cause at most once in every object; its findings are matched by the values read, else by the order of messages. */
function separate(members: readonly PlacedFinding[]): readonly (readonly PlacedFinding[])[] {
  const objects = [...parts(members, objectOf).values()];
  const [most, least] = [
    Math.max(...objects.map(({ length }) => length)),
    Math.min(...objects.map(({ length }) => length)),
  ];
  if (most === 1) return [members];
  const byReads = sorted(parts(members, ({ draft, finding }) => draft.reads ?? finding.message));
  if (byReads.every((part) => part.length === objects.length && isOnceInEach(part))) return byReads;
  if (most === least) {
    const ordered = objects.map((object) => object.toSorted(byMessage));
    return Array.from({ length: most }, (_, at) => ordered.flatMap((object) => object[at] ?? []));
  }
  return byReads.every(isOnceInEach) ? byReads : sorted(parts(members, ({ finding }) => finding.message));
}

function parts(
  members: readonly PlacedFinding[],
  keyOf: (one: PlacedFinding) => string,
): ReadonlyMap<string, readonly PlacedFinding[]> {
  const found = new Map<string, PlacedFinding[]>();
  for (const one of members) {
    const key = keyOf(one);
    const known = found.get(key);
    if (known === undefined) found.set(key, [one]);
    else known.push(one);
  }
  return found;
}

function sorted(found: ReadonlyMap<string, readonly PlacedFinding[]>): readonly (readonly PlacedFinding[])[] {
  const keyed = [...found.values()].map((part) => ({ part, message: part.map(messageOf).toSorted()[0] ?? "" }));
  return keyed.toSorted((a, b) => (a.message < b.message ? -1 : 1)).map(({ part }) => part);
}

function byMessage(one: PlacedFinding, other: PlacedFinding): number {
  return messageOf(one) < messageOf(other) ? -1 : 1;
}

function isOnceInEach(part: readonly PlacedFinding[]): boolean {
  return new Set(part.map(objectOf)).size === part.length;
}

function hasSeveralObjects(part: readonly PlacedFinding[]): boolean {
  return new Set(part.map(objectOf)).size > 1;
}

function messageOf({ finding }: PlacedFinding): string {
  return finding.message;
}

function objectOf({ finding: { manifest, environment, source } }: PlacedFinding): string {
  return JSON.stringify([manifest.kind, manifest.namespace, manifest.name, environment, source]);
}

function sourceOf({ finding: { environment, source } }: PlacedFinding): string {
  return JSON.stringify([environment, source]);
}

function kindAndNameOf({ finding: { manifest } }: PlacedFinding): string {
  return JSON.stringify([manifest.kind, manifest.name]);
}
