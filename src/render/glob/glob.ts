/** What a pattern means, whatever language it was written in. */
export type Glob =
  /** This character. */
  | { readonly kind: "literal"; readonly character: string }
  /** One character that passes. */
  | { readonly kind: "one"; readonly accepts: (character: string) => boolean }
  | { readonly kind: "sequence"; readonly parts: readonly Glob[] }
  | { readonly kind: "either"; readonly choices: readonly Glob[] }
  /** Any number of repetitions, none included. */
  | { readonly kind: "many"; readonly of: Glob };

export const literal = (character: string): Glob => ({ kind: "literal", character });
export const one = (accepts: (character: string) => boolean): Glob => ({ kind: "one", accepts });
export const sequence = (parts: readonly Glob[]): Glob => ({ kind: "sequence", parts });
export const either = (choices: readonly Glob[]): Glob => ({ kind: "either", choices });
export const many = (of: Glob): Glob => ({ kind: "many", of });

/** Any character but the one between directories. */
export const inSegment: Glob = one((character) => character !== "/");
/** Any character. */
export const anything: Glob = one(() => true);
/** Any number of whole directories, each with the slash after it. */
export const directories: Glob = many(sequence([many(inSegment), literal("/")]));

/** One of a class of characters, given as ranges. */
export function oneOf(
  ranges: readonly (readonly [string, string])[],
  negated: boolean,
): (character: string) => boolean {
  const points = ranges.map(([from, to]) => [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0] as const);
  return (character) => {
    const point = character.codePointAt(0) ?? 0;
    return points.some(([from, to]) => from <= point && point <= to) !== negated;
  };
}
