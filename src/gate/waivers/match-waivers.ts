import { sha256 } from "../../manifest/sha256.ts";
import { waiverKeys, type Waiver, type WaiverKey, type WaiverScope } from "../../model/waiver.ts";
import { compilePattern } from "./patterns.ts";

/** What a waiver may cover: one object of a finding, a problem or a gap. */
export interface WaiverTarget {
  /** The policy of a finding as its id. */
  readonly scope: WaiverScope;
  /** What it has of each key; a key that is absent is matched by no pattern. */
  readonly values: { readonly [key in WaiverKey]?: readonly string[] };
}

/** Makes the function that tells which waivers cover a target, in their order. */
export function waiverMatcher(waivers: readonly Waiver[]): (target: WaiverTarget) => readonly Waiver[] {
  const compiled = waivers.map((waiver) => ({
    waiver,
    inScope: scopeMatcher(waiver.scope),
    fits: keysMatcher(waiver),
  }));
  const byScope = new Map<string, ReadonlyMap<string, typeof compiled>>();
  const inScope = (scope: WaiverScope): ReadonlyMap<string, typeof compiled> => {
    const key = scope.kind === "policy" ? scope.policy : scope.kind === "gap" ? " gap" : ` ${scope.stage}`;
    const known = byScope.get(key) ?? byName(compiled.filter((one) => one.inScope(scope)));
    byScope.set(key, known);
    return known;
  };
  return ({ scope, values }) => {
    const candidates = inScope(scope);
    return [...(values.name ?? []), ANY_NAME].flatMap((name) =>
      (candidates.get(name) ?? []).flatMap(({ waiver, fits }) => (fits(values) ? [waiver] : [])),
    );
  };
}

/** Stands for the waivers that are for no name, or for names by a pattern; no object has it. */
const ANY_NAME = "*";

/** Most waivers name one object, and most objects are named by none. */
function byName<Of extends { readonly waiver: Waiver }>(all: readonly Of[]): ReadonlyMap<string, Of[]> {
  const found = new Map<string, Of[]>();
  for (const one of all) {
    const { name = [ANY_NAME] } = one.waiver.match;
    const names = name.some((pattern) => pattern.includes("*")) ? [ANY_NAME] : new Set(name);
    for (const key of names) found.set(key, [...(found.get(key) ?? []), one]);
  }
  return found;
}

function scopeMatcher(wanted: WaiverScope): (scope: WaiverScope) => boolean {
  if (wanted.kind !== "policy")
    return (scope) =>
      scope.kind === wanted.kind && (wanted.kind !== "problem" || (scope as typeof wanted).stage === wanted.stage);
  const matches = compilePattern("policy", wanted.policy);
  return (scope) => scope.kind === "policy" && matches?.(scope.policy) === true;
}

function keysMatcher({ match }: Waiver): (values: WaiverTarget["values"]) => boolean {
  const keys = waiverKeys.flatMap((key) => {
    const patterns = match[key];
    return patterns === undefined ? [] : [{ key, matchers: patterns.map((one) => compilePattern(key, one)) }];
  });
  return (values) =>
    keys.every(
      ({ key, matchers }) =>
        values[key]?.some((value) => matchers.some((matches) => matches?.(value) === true)) === true,
    );
}

/** Identifies what a waiver allows, for how long and why, wherever it is written. */
export function waiverDigest({ scope, match, reason, ticket, owner, expires }: Waiver): string {
  const keys = waiverKeys.map((key) => match[key]?.toSorted() ?? null);
  return sha256(JSON.stringify([scope, keys, reason, ticket ?? null, owner ?? null, expires]));
}
