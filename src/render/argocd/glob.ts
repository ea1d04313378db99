import { anything, directories, inSegment, many, type Glob } from "../glob/glob.ts";
import { classAt } from "../glob/character-class.ts";
import { readGoPattern } from "../glob/go-pattern.ts";
import { compileProgram } from "../glob/program.ts";
import { readPattern, type PatternReading, type ReadSpecial } from "../glob/read-pattern.ts";

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

/** What a pattern means; undefined where the dialect cannot read it. */
export function readGlob(pattern: string, dialect: GlobDialect): Glob | undefined {
  if (dialect === "go-path") return readGoPattern(pattern);
  const crosses = dialect === "argo" || dialect === "pathspec";
  const readStars = (at: number, { add }: PatternReading): number => {
    let end = at + 1;
    while (pattern[end] === "*") end += 1;
    const stars = end - at;
    if (dialect === "doublestar" && stars === 2 && isSegment(pattern, at, end)) {
      if (pattern[end] === "/") {
        add(directories);
        return end;
      }
      add(many(anything));
    } else add(many(crosses || (dialect === "argo-path" && stars > 1) ? anything : inSegment));
    return end - 1;
  };
  const readSpecial: ReadSpecial = (character, at, reading) => {
    switch (character) {
      case "*":
        return readStars(at, reading);
      case "?":
        reading.add(crosses ? anything : inSegment);
        return at;
      case "[": {
        const list = classAt(pattern, at);
        if (list === undefined) return "unreadable";
        reading.add(list.glob);
        return list.end;
      }
      default:
        return undefined;
    }
  };
  const braces = dialect === "argo" || dialect === "argo-path" || dialect === "doublestar";
  return readPattern(pattern, { braces, readSpecial });
}

function isSegment(pattern: string, start: number, end: number): boolean {
  return (start === 0 || pattern[start - 1] === "/") && (end === pattern.length || pattern[end] === "/");
}
