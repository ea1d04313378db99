import { anything, directories, either, inSegment, literal, many, sequence, type Glob } from "../glob/glob.ts";
import { classAt } from "../glob/character-class.ts";
import { compileProgram } from "../glob/program.ts";

/** The four glob languages that Argo CD uses. */
export type GlobDialect =
  /** gobwas/glob without separators: `*` crosses directories, `{a,b}`. Directory include and exclude, AppProject. */
  | "argo"
  /** The same with `/` as separator, which only `**` crosses. AppProject's source repositories. */
  | "argo-path"
  /** Go's path.Match: `*` within a directory, no braces. ApplicationSet's git directories, AppProject's kinds. */
  | "go-path"
  /** Git's pathspec: `*` crosses directories. ApplicationSet's git files. */
  | "pathspec"
  /** doublestar: `**` as a whole directory name, `{a,b}`. Helm's value files. */
  | "doublestar";

/** Makes the matcher of a whole text in time linear to it; undefined for a pattern that the dialect cannot read (Argo CD then matches nothing). */
export function compileGlob(pattern: string, dialect: GlobDialect): ((text: string) => boolean) | undefined {
  const key = `${dialect} ${pattern}`;
  let found = compiled.get(key);
  if (found === undefined) {
    const glob = readGlob(pattern, dialect);
    found = { matches: glob === undefined ? undefined : compileProgram(glob).matches };
    if (compiled.size >= 1_000) compiled.clear();
    compiled.set(key, found);
  }
  return found.matches;
}

/** Whether the whole text matches; false for a pattern that cannot be read. */
export function matchesGlob(pattern: string, text: string, dialect: GlobDialect): boolean {
  return compileGlob(pattern, dialect)?.(text) ?? false;
}

const compiled = new Map<string, { readonly matches: ((text: string) => boolean) | undefined }>();

/** Braces nested deeper are not read. */
const maxDepth = 1000;

/** What a pattern means; undefined where the dialect cannot read it. */
export function readGlob(pattern: string, dialect: GlobDialect): Glob | undefined {
  const crosses = dialect === "argo" || dialect === "pathspec";
  const braces = dialect === "argo" || dialect === "argo-path" || dialect === "doublestar";
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
    } else if (character === "*") {
      let end = at + 1;
      while (pattern[end] === "*") end += 1;
      const stars = end - at;
      if (dialect === "doublestar" && stars === 2 && isSegment(pattern, at, end)) {
        if (pattern[end] === "/") {
          add(directories);
          end += 1;
        } else add(many(anything));
      } else add(many(crosses || (dialect === "argo-path" && stars > 1) ? anything : inSegment));
      at = end - 1;
    } else if (character === "?") add(crosses ? anything : inSegment);
    else if (character === "[") {
      const list = classAt(pattern, at);
      if (list === undefined) return undefined;
      add(list.glob);
      at = list.end;
    } else if (braces && character === "{") {
      if (open.length > maxDepth) return undefined;
      open.push({ choices: [], parts: [] });
    } else if (braces && group !== undefined && character === ",") {
      group.choices.push(sequence(group.parts));
      group.parts = [];
    } else if (braces && group !== undefined && character === "}") {
      open.pop();
      add(either([...group.choices, sequence(group.parts)]));
    } else {
      add(literal(character));
      at += character.length - 1;
    }
  }
  return open.length === 1 ? sequence(open[0]?.parts ?? []) : undefined;
}

function isSegment(pattern: string, start: number, end: number): boolean {
  return (start === 0 || pattern[start - 1] === "/") && (end === pattern.length || pattern[end] === "/");
}
