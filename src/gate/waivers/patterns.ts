import type { WaiverKey } from "../../model/waiver.ts";
import { compilePathGlob } from "../../render/glob/path-glob.ts";

/** What a pattern of a waiver is matched against: a path of names, or a text in which `*` stands for any characters. */
type PatternKind = "path" | "text";

/** The patterns of `path`, `pointer` and `policy` are globs as everywhere; in all others only `*` is special. */
function patternKind(key: WaiverKey | "policy"): PatternKind {
  return key === "path" || key === "pointer" || key === "policy" ? "path" : "text";
}

type Matcher = ((text: string) => boolean) | undefined;

/** Compiled patterns: comparing waivers asks for each many times. */
const compiled = new Map<string, Matcher>();
const MOST_KEPT = 10_000;

/** Makes the matcher of a pattern, in time linear to the text; undefined where it cannot be read. */
export function compilePattern(key: WaiverKey | "policy", pattern: string): Matcher {
  const known = `${patternKind(key)} ${pattern}`;
  if (compiled.has(known)) return compiled.get(known);
  const matcher = compileAnew(key, pattern);
  if (compiled.size >= MOST_KEPT) compiled.clear();
  compiled.set(known, matcher);
  return matcher;
}

function compileAnew(key: WaiverKey | "policy", pattern: string): Matcher {
  if (patternKind(key) === "text") return compileText(pattern);
  // What is meant by everything but some is seldom what a reviewer reads.
  if (pattern.startsWith("!")) return undefined;
  const matches = compilePathGlob(rooted(pattern));
  return matches === undefined ? undefined : (text) => matches(rooted(text));
}

/** Pointers begin with a slash, paths do not. */
function rooted(path: string): string {
  return path.replace(/^\//, "");
}

function compileText(pattern: string): (text: string) => boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return (text) => text === pattern;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** Texts that nobody means: a pattern that matches one matches nearly everything. */
const probes = ["\u{1}", "\u{1}/\u{2}", "\u{1}/\u{2}/\u{3}"].flatMap((path) => [
  path,
  ...["yaml", "yml", "json"].map((ending) => `${path}.${ending}`),
]);

/** Whether a pattern leaves anything out that is worth mentioning: `*`, `**` and `**` + `/*.yaml` do not. */
export function doesNarrow(key: WaiverKey | "policy", pattern: string): boolean {
  const matches = compilePattern(key, pattern);
  return matches !== undefined && !probes.some(matches);
}

/** Whether everything that `narrow` matches is known to be matched by `wide` too. */
export function includesPattern(key: WaiverKey | "policy", wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  if (isLiteral(key, narrow)) return compilePattern(key, wide)?.(narrow) === true;
  const end = patternKind(key) === "path" ? "/**" : "*";
  const start = wide.slice(0, -end.length);
  // `a/**` includes whatever begins with `a/`, and `a*` what begins with `a`.
  return wide.endsWith(end) && isLiteral(key, start) && narrow.startsWith(end === "*" ? start : `${start}/`);
}

function isLiteral(key: WaiverKey | "policy", pattern: string): boolean {
  return patternKind(key) === "text" ? !pattern.includes("*") : !/[*?[\]{}()!@+|\\]/.test(pattern);
}
