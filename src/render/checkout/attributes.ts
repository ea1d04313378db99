import { pathMatcher } from "../glob/path-pattern.ts";

/** The value of an attribute: set, unset (`-name`), unspecified (`!name`), or a text. */
export type AttributeValue = true | false | undefined | string;

/** An attribute of a file, and the line that decides it. */
export interface Attribute {
  readonly value: AttributeValue;
  readonly path: string;
  readonly line: number;
}

/** One attribute as a line gives it. */
interface Assignment {
  readonly name: string;
  readonly value: AttributeValue;
}

/** One line with a pattern. */
interface AttributeLine {
  readonly path: string;
  readonly line: number;
  /** The directory of its file, with a slash at the end; empty for the root. */
  readonly below: string;
  readonly matches: (path: string) => boolean;
  readonly assignments: readonly Assignment[];
}

/** What a `.gitattributes` file holds. */
export interface AttributesFile {
  readonly lines: readonly AttributeLine[];
  /** Macros by name; Git reads them at the root only. */
  readonly macros: ReadonlyMap<string, readonly Assignment[]>;
}

/** Git passes over longer lines. */
const longest = 2048;

/** Reads a `.gitattributes` file as Git does. */
export function readAttributes(path: string, text: string): AttributesFile {
  const below = path.slice(0, path.lastIndexOf("/") + 1);
  const lines: AttributeLine[] = [];
  const macros = new Map<string, readonly Assignment[]>([
    ["binary", ["diff", "merge", "text"].map((name) => ({ name, value: false }))],
  ]);
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split("\n")
    .entries()) {
    const written = raw.replace(/^[ \t\r]+/, "");
    if (written === "" || written.startsWith("#") || raw.length > longest) continue;
    const { pattern, rest } = patternIn(written);
    const assignments = rest.split(/[ \t\r]+/).flatMap(assignmentOf);
    if (pattern.startsWith("[attr]")) {
      if (below === "") macros.set(pattern.slice("[attr]".length), assignments);
      continue;
    }
    // Git refuses negative patterns, and a pattern for directories matches no file.
    if (pattern.startsWith("!") || pattern.endsWith("/")) continue;
    const bare = pattern.replace(/^\\(?=[!#])/, "");
    const matches = pathMatcher(bare.includes("/") ? bare.replace(/^\//, "") : `**/${bare}`);
    lines.push({ path, line: index + 1, below, matches, assignments });
  }
  return { lines, macros };
}

function patternIn(written: string): { readonly pattern: string; readonly rest: string } {
  const quoted = /^"((?:[^"\\]|\\.)*)"(?=[ \t\r]|$)/.exec(written);
  if (quoted !== null) return { pattern: unquoted(quoted[1] ?? ""), rest: written.slice(quoted[0].length) };
  const end = /[ \t\r]|$/.exec(written)?.index ?? written.length;
  const pattern = written.slice(0, end);
  // The name of a macro may follow `[attr]` after a space.
  if (pattern !== "[attr]") return { pattern, rest: written.slice(end) };
  const [, name = "", rest = ""] = /^[ \t]*([^ \t\r]*)(.*)$/.exec(written.slice(end)) ?? [];
  return { pattern: `[attr]${name}`, rest };
}

const escapes: { readonly [letter: string]: string } = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
};

function unquoted(text: string): string {
  // Octal escapes are bytes of UTF-8.
  const bytes = text.replaceAll(/(?:\\[0-3][0-7]{2})+/g, (run) =>
    new TextDecoder().decode(Uint8Array.from(run.slice(1).split("\\"), (octal) => Number.parseInt(octal, 8))),
  );
  return bytes.replaceAll(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}

function assignmentOf(written: string): readonly Assignment[] {
  if (written === "") return [];
  if (written.startsWith("-")) return [{ name: written.slice(1), value: false }];
  if (written.startsWith("!")) return [{ name: written.slice(1), value: undefined }];
  const equals = written.indexOf("=");
  if (equals === -1) return [{ name: written, value: true }];
  return [{ name: written.slice(0, equals), value: written.slice(equals + 1) }];
}

/** Makes the function that finds the attributes of a file, given all `.gitattributes` files of a tree. */
export function attributesOf(files: readonly AttributesFile[]): (path: string) => ReadonlyMap<string, Attribute> {
  // The nearest file wins, and in it the last line.
  const lines = files
    .flatMap((file) => file.lines)
    .toSorted((one, other) => other.below.length - one.below.length || other.line - one.line);
  const macros = new Map(files.flatMap((file) => [...file.macros]));
  return (path) => {
    const found = new Map<string, Attribute>();
    for (const { path: from, line, below, matches, assignments } of lines) {
      if (!path.startsWith(below) || !matches(path.slice(below.length))) continue;
      const put = ({ name, value }: Assignment): void => {
        if (found.has(name)) return;
        found.set(name, { value, path: from, line });
        if (value === true) macros.get(name)?.toReversed().forEach(put);
      };
      assignments.toReversed().forEach(put);
    }
    return found;
  };
}
