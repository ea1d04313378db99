/** One token of Rego text; of a string, `text` is its value. Comments are no tokens. */
export interface Token {
  readonly kind: "word" | "string" | "number" | "mark";
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** The first token of its line. */
  readonly first: boolean;
  /** Nothing is between it and the token before. */
  readonly tight: boolean;
}

const PATTERN =
  /(?<space>\s+|#[^\n]*)|(?<word>[A-Za-z_]\w*)|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<mark>:=|==|!=|<=|>=|[^])/gy;

/** Splits Rego text into tokens. Never throws: of text that is no Rego the result is of no use. */
export function tokensOf(text: string, line = 1): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  let at = line;
  let last = 0;
  let tight = false;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole] = match;
    const { space, word, number, string } = match.groups ?? {};
    if (space === undefined) {
      const kind =
        word !== undefined ? "word" : number !== undefined ? "number" : string !== undefined ? "string" : "mark";
      if (kind === "mark" && whole === "$" && /["`]/.test(text[pattern.lastIndex] ?? "")) {
        const end = templateEnd(text, pattern.lastIndex);
        tokens.push(...inTemplate(text.slice(pattern.lastIndex + 1, end - 1), at));
        at += linesIn(text.slice(pattern.lastIndex, end));
        pattern.lastIndex = end;
      } else
        tokens.push({ kind, text: kind === "string" ? valueOf(whole) : whole, line: at, first: at !== last, tight });
      last = at;
    }
    tight = space === undefined;
    at += linesIn(whole);
  }
  return tokens;
}

function linesIn(text: string): number {
  return text.split("\n").length - 1;
}

function valueOf(literal: string): string {
  if (literal.startsWith("`")) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal.slice(1, -1);
  }
}

/** The end of a template string (`$"…{expression}…"`) whose quote is at `start`. */
function templateEnd(text: string, start: number): number {
  const quote = text[start];
  let depth = 0;
  for (let at = start + 1; at < text.length; at += 1) {
    const one = text[at];
    if (one === "\\" && (depth > 0 || quote === '"')) at += 1;
    else if (one === "{") depth += 1;
    else if (one === "}") depth = Math.max(0, depth - 1);
    else if (depth === 0 && one === quote) return at + 1;
    else if (depth > 0 && (one === '"' || one === "`")) at = text.indexOf(one, at + 1);
    if (at < 0) return text.length;
  }
  return text.length;
}

/** The tokens of the expressions in a template string. */
function inTemplate(text: string, line: number): readonly Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "{" && depth++ === 0) start = at + 1;
    else if (text[at] === "}" && depth > 0 && --depth === 0) {
      const before = line + linesIn(text.slice(0, start));
      tokens.push(...tokensOf(text.slice(start, at), before).map((token) => ({ ...token, first: false })));
    }
  }
  return tokens;
}
