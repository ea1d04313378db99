import { classAt } from "./character-class.ts";
import { anything, directories, either, inSegment, literal, many, one, sequence, type Glob } from "./glob.ts";
import { compileProgram } from "./program.ts";

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

/** Braces nested deeper are not read. */
const maxDepth = 1000;

/** What a pattern means; undefined for open braces, ranges in braces, and the extended globs of a shell: `@(a|b)`. */
export function readPathGlob(pattern: string): Glob | undefined {
  if (/^\*\*\.\w+$/.test(pattern)) return readPathGlob(pattern.replace("**", "**/*"));
  // The innermost open brace last: its choices so far, and the parts of the one that is being read.
  const open: { readonly choices: Glob[]; parts: Glob[] }[] = [{ choices: [], parts: [] }];
  const add = (glob: Glob): void => void open.at(-1)?.parts.push(glob);
  for (let at = 0; at < pattern.length; at++) {
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    const group = open.length > 1 ? open.at(-1) : undefined;
    if (character === "\\") {
      const next = pattern.codePointAt(at + 1);
      if (next === undefined) return undefined;
      add(literal(String.fromCodePoint(next)));
      at += String.fromCodePoint(next).length;
    } else if (character === "|" || (pattern[at + 1] === "(" && "@!+*?".includes(character))) return undefined;
    else if (character === "*") {
      let end = at + 1;
      while (pattern[end] === "*") end += 1;
      const next = pattern[end] ?? "";
      const isWhole = end - at === 2 && "/{,".includes(pattern[at - 1] ?? "/") && "/},".includes(next);
      if (!isWhole) add(many(inSegment));
      else if (group !== undefined || (at === 0 && next === "")) add(many(anything));
      else if (next === "/") {
        add(directories);
        end += 1;
      } else if (pattern[at - 2] === "*") add(many(anything));
      else {
        // `a/**` is `a` and what is below it.
        open.at(-1)?.parts.pop();
        add(either([sequence([]), sequence([literal("/"), many(anything)])]));
      }
      at = end - 1;
    } else if (character === "?") add(inSegment);
    else if (character === "[") {
      const list = classAt(pattern, at);
      add(list === undefined ? literal("[") : within(list.glob));
      at = list?.end ?? at;
    } else if (character === "{") {
      const alone = /^\{[^{},\\]*\}/.exec(pattern.slice(at))?.[0];
      if (open.length > maxDepth || alone?.includes("..") === true) return undefined;
      if (alone === undefined) open.push({ choices: [], parts: [] });
      else {
        add(sequence(Array.from(alone, literal)));
        at += alone.length - 1;
      }
    } else if (group !== undefined && character === ",") {
      group.choices.push(sequence(group.parts));
      group.parts = [];
    } else if (group !== undefined && character === "}") {
      open.pop();
      add(either([...group.choices, sequence(group.parts)]));
    } else {
      add(literal(character));
      at += character.length - 1;
    }
  }
  return open.length === 1 ? sequence(open[0]?.parts ?? []) : undefined;
}

/** A class of characters never includes the one between directories. */
function within(glob: Glob): Glob {
  return glob.kind === "one" ? one((character) => character !== "/" && glob.accepts(character)) : glob;
}
