/** What a Jsonnet file imports; `code` is Jsonnet in turn, the others are data. */
export interface Import {
  readonly path: string;
  readonly code: boolean;
}

/**
 * Finds every import of a Jsonnet text, whether it would be evaluated or not: an import is a keyword and a quoted text.
 * Source: https://jsonnet.org/ref/spec.html, "Lexing".
 */
export function findImports(text: string): readonly Import[] {
  const found: Import[] = [];
  let keyword: string | undefined;
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const { block, word, quoted, verbatim } = match.groups ?? {};
    if (match[0].startsWith("#") || match[0].startsWith("//") || match[0].startsWith("/*")) continue;
    const literal = quoted ?? verbatim;
    if (keyword !== undefined && literal !== undefined) {
      const inner = literal.slice(1, -1);
      const mark = literal[0] ?? "";
      const path = quoted === undefined ? inner.replaceAll(mark + mark, mark) : unescaped(inner);
      found.push({ path, code: keyword === "import" });
    }
    if (block !== undefined) token.lastIndex = endOfBlock(text, match.index + match[0].length);
    keyword = word !== undefined && /^import(?:str|bin)?$/.test(word) ? word : undefined;
  }
  return found;
}

const token = new RegExp(
  [
    String.raw`#[^\n]*`,
    String.raw`\/\/[^\n]*`,
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`(?<block>\|\|\|-?[ \t\r]*\n)`,
    String.raw`(?<word>[A-Za-z_]\w*)`,
    String.raw`@(?<verbatim>"(?:[^"]|"")*"|'(?:[^']|'')*')`,
    String.raw`(?<quoted>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')`,
    String.raw`\S`,
  ].join("|"),
  "g",
);

/** The end of a text block, whose lines are indented as its first one is, from where its lines start. */
function endOfBlock(text: string, start: number): number {
  const indent = /(?:[ \t\r]*\n)*([ \t]*)/y;
  indent.lastIndex = start;
  const by = indent.exec(text)?.[1] ?? "";
  let at = start;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end === -1 ? text.length : end);
    if (line.trim() !== "" && !line.startsWith(by)) return at + line.indexOf("|||") + 3;
    if (end === -1) break;
    at = end + 1;
  }
  return text.length;
}

const escapes: { readonly [letter: string]: string } = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g,
    (_, code: string | undefined, letter: string | undefined) =>
      code !== undefined ? String.fromCharCode(Number.parseInt(code, 16)) : (escapes[letter ?? ""] ?? letter ?? ""),
  );
}
