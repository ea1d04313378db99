import { anything, directories, inSegment, literal, many, one, oneOf, sequence, type Glob } from "./glob.ts";
import { compileProgram } from "./program.ts";

/**
 * Makes the function that tells whether a path matches a pattern of `.gitignore`'s kind: `*`, `?` and `[…]` within a
 * segment, `**` over any number of them.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  return compileProgram(readPathPattern(pattern)).matches;
}

export function readPathPattern(pattern: string): Glob {
  const segments = pattern.split("/");
  return sequence(
    segments.map((segment, index) => {
      const isLast = index === segments.length - 1;
      // At the end it means what is inside, so one segment at least.
      if (segment === "**") return isLast ? many(anything) : directories;
      return isLast ? readSegment(segment) : sequence([readSegment(segment), literal("/")]);
    }),
  );
}

function readSegment(segment: string): Glob {
  const characters = Array.from(segment);
  const lastClose = characters.lastIndexOf("]");
  const parts: Glob[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    const end = character === "[" && at + 2 <= lastClose ? characters.indexOf("]", at + 2) : -1;
    if (character === "*") parts.push(many(inSegment));
    else if (character === "?") parts.push(inSegment);
    else if (end !== -1) {
      parts.push(readClass(characters.slice(at + 1, end)));
      at = end;
    } else parts.push(literal(character === "\\" && at + 1 < characters.length ? (characters[++at] ?? "") : character));
  }
  return sequence(parts);
}

function readClass(inner: readonly string[]): Glob {
  const negated = inner[0] === "!" || inner[0] === "^";
  const members = negated ? inner.slice(1) : inner;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members[at] ?? "";
    const isRange = members[at + 1] === "-" && at + 2 < members.length;
    ranges.push([from, isRange ? (members[at + 2] ?? from) : from]);
    if (isRange) at += 2;
  }
  const accepts = oneOf(ranges, negated);
  return one((character) => character !== "/" && accepts(character));
}
