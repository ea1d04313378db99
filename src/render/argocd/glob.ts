import { RE2JS } from "re2js";

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
    const expression = expressionOf(pattern, dialect);
    found = { matches: expression === undefined ? undefined : matcherOf(expression) };
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

function matcherOf(expression: string): ((text: string) => boolean) | undefined {
  try {
    const program = RE2JS.compile(expression, RE2JS.DOTALL);
    return (text) => program.matches(text);
  } catch {
    return undefined;
  }
}

function expressionOf(pattern: string, dialect: GlobDialect): string | undefined {
  const crosses = dialect === "argo" || dialect === "pathspec";
  const braces = dialect === "argo" || dialect === "argo-path" || dialect === "doublestar";
  let expression = "";
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    if (character === "\\") {
      at += 1;
      const next = pattern[at];
      if (next === undefined) return undefined;
      expression += RE2JS.quote(next);
    } else if (character === "*") {
      let end = at + 1;
      while (pattern[end] === "*") end += 1;
      const stars = end - at;
      if (dialect === "doublestar" && stars === 2 && isSegment(pattern, at, end)) {
        if (pattern[end] === "/") {
          expression += "(?:[^/]*/)*";
          end += 1;
        } else expression += ".*";
      } else expression += crosses || (dialect === "argo-path" && stars > 1) ? ".*" : "[^/]*";
      at = end - 1;
    } else if (character === "?") expression += crosses ? "." : "[^/]";
    else if (character === "[") {
      const list = classAt(pattern, at);
      if (list === undefined) return undefined;
      expression += list.expression;
      at = list.end;
    } else if (braces && character === "{") {
      depth += 1;
      expression += "(?:";
    } else if (braces && depth > 0 && character === ",") expression += "|";
    else if (braces && depth > 0 && character === "}") {
      depth -= 1;
      expression += ")";
    } else expression += RE2JS.quote(character);
  }
  return depth === 0 ? expression : undefined;
}

function isSegment(pattern: string, start: number, end: number): boolean {
  return (start === 0 || pattern[start - 1] === "/") && (end === pattern.length || pattern[end] === "/");
}

/** `[a-z]`, negated by `!` or `^`; `end` is where its bracket closes. */
function classAt(pattern: string, start: number): { readonly expression: string; readonly end: number } | undefined {
  let at = start + 1;
  const negated = pattern[at] === "!" || pattern[at] === "^";
  if (negated) at += 1;
  let body = "";
  for (let first = true; ; first = false) {
    let character = pattern[at];
    if (character === undefined) return undefined;
    if (character === "]" && !first) break;
    if (character === "\\") {
      at += 1;
      character = pattern[at];
      if (character === undefined) return undefined;
      body += RE2JS.quote(character);
    } else body += character === "-" ? "-" : RE2JS.quote(character);
    at += 1;
  }
  return { expression: `[${negated ? "^" : ""}${body}]`, end: at };
}
