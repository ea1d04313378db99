import { inSegment, literal, many, one, oneOf, sequence, type Glob } from "./glob.ts";

/** What a pattern of Go's path.Match means; undefined where Go refuses it. */
export function readGoPattern(pattern: string): Glob | undefined {
  const characters = Array.from(pattern);
  const parts: Glob[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") parts.push(many(inSegment));
    else if (character === "?") parts.push(inSegment);
    else if (character === "[") {
      const list = classIn(characters, at + 1);
      if (list === undefined) return undefined;
      parts.push(list.glob);
      at = list.end;
    } else if (character === "\\") {
      const escaped = characters[++at];
      if (escaped === undefined) return undefined;
      parts.push(literal(escaped));
    } else parts.push(literal(character));
  }
  return sequence(parts);
}

/** The characters of a class, negated by `^` only; `end` is its closing bracket. A dash or bracket stands for itself only where it is escaped. */
function classIn(
  characters: readonly string[],
  start: number,
): { readonly glob: Glob; readonly end: number } | undefined {
  const negated = characters[start] === "^";
  const ranges: (readonly [string, string])[] = [];
  let at = negated ? start + 1 : start;
  const member = (): string | undefined => {
    if (characters[at] === "-" || characters[at] === "]") return undefined;
    if (characters[at] === "\\") at += 1;
    return characters[at++];
  };
  while (characters[at] !== "]" || ranges.length === 0) {
    const from = member();
    if (from === undefined) return undefined;
    let to: string | undefined = from;
    if (characters[at] === "-") {
      at += 1;
      to = member();
    }
    if (to === undefined) return undefined;
    ranges.push([from, to]);
  }
  return { glob: one(oneOf(ranges, negated)), end: at };
}
