/** One part of a Go template: text that is printed as it is, or an action. */
export type TemplatePart = { readonly kind: "text"; readonly text: string } | TemplateAction;

export interface TemplateAction {
  readonly kind: "action";
  /** 1-based, where the action starts. */
  readonly line: number;
  readonly tokens: readonly Token[];
}

/** A word is a function, keyword, number, field chain (`.Values.a`) or variable with fields (`$x.a`). */
export interface Token {
  readonly kind: "word" | "string" | "symbol";
  readonly text: string;
}

/** Splits a Go template into its parts. What is no valid template is split as far as it can be. */
export function templateParts(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let line = 1;
  let at = 0;
  const pass = (end: number): void => {
    for (let next = text.indexOf("\n", at); next !== -1 && next < end; next = text.indexOf("\n", next + 1)) line += 1;
    at = end;
  };
  for (;;) {
    const start = text.indexOf("{{", at);
    if (start === -1) break;
    if (start > at) parts.push({ kind: "text", text: text.slice(at, start) });
    pass(start);
    const { tokens, end } = actionAt(text, start + 2);
    if (tokens.length > 0) parts.push({ kind: "action", line, tokens });
    pass(end);
  }
  if (at < text.length) parts.push({ kind: "text", text: text.slice(at) });
  return parts;
}

const word = /[\p{L}\p{N}_.$]+/uy;
const comment = /-?\s*\/\*/y;

function actionAt(text: string, from: number): { readonly tokens: readonly Token[]; readonly end: number } {
  comment.lastIndex = from;
  if (comment.test(text)) {
    const close = text.indexOf("*/", comment.lastIndex);
    const end = close === -1 ? -1 : text.indexOf("}}", close);
    return { tokens: [], end: end === -1 ? text.length : end + 2 };
  }
  const tokens: Token[] = [];
  let at = from;
  while (at < text.length && !text.startsWith("}}", at)) {
    const character = text[at] ?? "";
    if (character === '"' || character === "`" || character === "'") {
      const end = stringEnd(text, at, character);
      tokens.push({ kind: "string", text: unescaped(text.slice(at + 1, end), character) });
      at = end + 1;
      continue;
    }
    word.lastIndex = at;
    const [found] = word.exec(text) ?? [];
    if (found !== undefined) tokens.push({ kind: "word", text: found });
    else if (text.startsWith(":=", at)) tokens.push({ kind: "symbol", text: ":=" });
    else if (!/[\s-]/.test(character)) tokens.push({ kind: "symbol", text: character });
    at += found?.length ?? (text.startsWith(":=", at) ? 2 : 1);
  }
  return { tokens, end: Math.min(at + 2, text.length) };
}

function stringEnd(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\" && quote !== "`") at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

function unescaped(text: string, quote: string): string {
  if (quote === "`" || !text.includes("\\")) return text;
  return text.replaceAll(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([0-7]{3})|(.))/g, (_, x, u, octal, other) =>
    other === undefined
      ? String.fromCharCode(octal === undefined ? Number.parseInt(x ?? u, 16) : Number.parseInt(octal, 8))
      : other,
  );
}
