import { classAt } from "./character-class.ts";
import { anything, directories, either, inSegment, literal, many, one, sequence, type Glob } from "./glob.ts";
import { compileProgram } from "./program.ts";
import { readPattern, type PatternReading, type ReadSpecial } from "./read-pattern.ts";

/** Makes the matcher of a pattern of the configuration, in time linear to the path; undefined where it cannot be read. */
export function compilePathGlob(pattern: string): ((path: string) => boolean) | undefined {
  const negations = /^(?:!(?!\())*/.exec(pattern)?.[0].length ?? 0;
  const glob = readPathGlob(
    pattern
      .slice(negations)
      .replace(/^\.\//, "")
      .replace(/(?:\/\*\*)+$/, "/**"),
  );
  if (glob === undefined) return undefined;
  const { matches } = compileProgram(glob);
  const expected = negations % 2 === 0;
  // The root is no path of its own: nothing matches it, whatever is negated.
  return (path) => path !== "" && (path === pattern || matches(path) === expected);
}

/** What a pattern means; undefined for open braces, ranges in braces, and the extended globs of a shell: `@(a|b)`. */
export function readPathGlob(pattern: string): Glob | undefined {
  if (/^\*\*\.\w+$/.test(pattern)) return readPathGlob(pattern.replace("**", "**/*"));
  const readStars = (at: number, { add, replaceLast, isInBraces }: PatternReading): number => {
    let end = at + 1;
    while (pattern[end] === "*") end += 1;
    const next = pattern[end] ?? "";
    const isWhole = end - at === 2 && "/{,".includes(pattern[at - 1] ?? "/") && "/},".includes(next);
    if (!isWhole) add(many(inSegment));
    else if (isInBraces() || (at === 0 && next === "")) add(many(anything));
    else if (next === "/") {
      add(directories);
      return end;
    } else if (pattern[at - 2] === "*") add(many(anything));
    // `a/**` is `a` and what is below it.
    else replaceLast(either([sequence([]), sequence([literal("/"), many(anything)])]));
    return end - 1;
  };
  const readSpecial: ReadSpecial = (character, at, reading) => {
    if (character === "|" || (pattern[at + 1] === "(" && "@!+*?".includes(character))) return "unreadable";
    switch (character) {
      case "*":
        return readStars(at, reading);
      case "?":
        reading.add(inSegment);
        return at;
      case "[": {
        const list = classAt(pattern, at);
        reading.add(list === undefined ? literal("[") : within(list.glob));
        return list?.end ?? at;
      }
      case "{": {
        const alone = /^\{[^{},\\]*\}/.exec(pattern.slice(at))?.[0];
        if (alone === undefined) return undefined;
        if (alone.includes("..")) return "unreadable";
        reading.add(sequence(Array.from(alone, literal)));
        return at + alone.length - 1;
      }
      default:
        return undefined;
    }
  };
  return readPattern(pattern, { braces: true, readSpecial });
}

/** A class of characters never includes the one between directories. */
function within(glob: Glob): Glob {
  return glob.kind === "one" ? one((character) => character !== "/" && glob.accepts(character)) : glob;
}
