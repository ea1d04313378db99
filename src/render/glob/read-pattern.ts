import { either, literal, sequence, type Glob } from "./glob.ts";

/** What is read of a pattern so far. */
export interface PatternReading {
  readonly isInBraces: () => boolean;
  readonly add: (glob: Glob) => void;
  readonly replaceLast: (glob: Glob) => void;
}

/**
 * Reads what a dialect gives a meaning of its own, beginning at a character. Returns where it ends; undefined for a
 * character without such a meaning.
 */
export type ReadSpecial = (character: string, at: number, reading: PatternReading) => number | "unreadable" | undefined;

/** Braces nested deeper are not read. */
const maxDepth = 1000;

/** Reads a pattern: escapes, braces and literal characters, and the rest as its dialect has it; undefined where it cannot be read. */
export function readPattern(
  pattern: string,
  { braces, readSpecial }: { readonly braces: boolean; readonly readSpecial: ReadSpecial },
): Glob | undefined {
  // The innermost open brace last: its choices so far, and the parts of the one that is being read.
  const open: { readonly choices: Glob[]; parts: Glob[] }[] = [{ choices: [], parts: [] }];
  const add = (glob: Glob): void => void open.at(-1)?.parts.push(glob);
  const reading: PatternReading = {
    isInBraces: () => open.length > 1,
    add,
    replaceLast: (glob) => {
      open.at(-1)?.parts.pop();
      add(glob);
    },
  };
  for (let at = 0; at < pattern.length; at++) {
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    if (character === "\\") {
      const next = pattern.codePointAt(at + 1);
      if (next === undefined) return undefined;
      add(literal(String.fromCodePoint(next)));
      at += String.fromCodePoint(next).length;
      continue;
    }
    const end = readSpecial(character, at, reading);
    const group = reading.isInBraces() ? open.at(-1) : undefined;
    if (end === "unreadable") return undefined;
    else if (end !== undefined) at = end;
    else if (braces && character === "{") {
      if (open.length > maxDepth) return undefined;
      open.push({ choices: [], parts: [] });
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
