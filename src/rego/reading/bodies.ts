import { closing } from "./module.ts";
import type { Token } from "./tokens.ts";

/** One body of a rule: what must hold for it to have a value. */
export interface Body {
  readonly tokens: readonly Token[];
  /** What is before it: name, arguments and value. */
  readonly head: readonly Token[];
}

const BEFORE_VALUE = /^(?::=|=|\(|\[|\{|,|:|contains|in)$/;

/** The bodies of a statement, given what follows its name; none where `else` gives another value. */
export function bodiesOf(tokens: readonly Token[]): readonly Body[] {
  if (tokens.some(({ kind, text }) => kind === "word" && text === "else")) return [];
  const bodies: Body[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    const before = tokens[at - 1];
    if (token?.kind === "word" && token.text === "if") {
      if (!isMark(tokens[at + 1], "{")) return [...bodies, { tokens: tokens.slice(at + 1), head: tokens.slice(0, at) }];
    } else if (
      isMark(token, "{") &&
      (before === undefined || before.kind === "string" || !BEFORE_VALUE.test(before.text))
    ) {
      const end = closing(tokens, at);
      // A value and no block, where the expression goes on.
      if (tokens[end + 1]?.kind === "mark" && !isMark(tokens[end + 1], "{")) return [];
      bodies.push({ tokens: tokens.slice(at + 1, end), head: tokens.slice(0, at) });
      at = end;
    } else if (token?.kind === "mark" && /^[([{]$/.test(token.text)) at = closing(tokens, at);
  }
  return bodies;
}

/** The expressions of a body, which must all hold. */
export function expressionsIn(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const expressions: Token[][] = [];
  let current: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (isMark(token, ";") || (token.first && !continues(current.at(-1)) && token.kind !== "mark")) {
      if (current.length > 0) expressions.push(current);
      current = [];
      if (isMark(token, ";")) continue;
    }
    const end = token.kind === "mark" && /^[([{]$/.test(token.text) ? closing(tokens, at) : at;
    current.push(...tokens.slice(at, end + 1));
    at = end;
  }
  if (current.length > 0) expressions.push(current);
  return expressions;
}

/** Whether an expression goes on after a token at the end of a line. */
function continues(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "mark") return !/^[)\]}]$/.test(token.text);
  return token.kind === "word" && /^(?:not|some|every|in|with|as|and|or)$/.test(token.text);
}

/** The names that a body or its head may bind, so that they need not be those of rules. */
export function boundIn({ tokens, head }: Body): ReadonlySet<string> {
  const names = new Set(head.filter(({ kind }) => kind === "word").map(({ text }) => text));
  for (const [at, token] of tokens.entries()) {
    const isBound = isMark(tokens[at + 1], ":=") || isMark(tokens[at + 1], "=");
    if (isWord(token) && isBound && !isMark(tokens[at - 1], ".")) names.add(token.text);
    if (isWord(token, "some") || isWord(token, "every"))
      for (const name of namesAfter(tokens, at).names) names.add(name);
  }
  return names;
}

/** The names that `some` or `every` at an index declares, and the index of what follows them. */
export function namesAfter(
  tokens: readonly Token[],
  at: number,
): { readonly names: readonly string[]; readonly end: number } {
  const names: string[] = [];
  let end = at + 1;
  while (isWord(tokens[end])) {
    names.push(tokens[end]?.text ?? "");
    end += 1;
    if (!isMark(tokens[end], ",")) break;
    end += 1;
  }
  return { names, end };
}

export function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === "mark" && token.text === text;
}

export function isWord(token: Token | undefined, text?: string): boolean {
  return token?.kind === "word" && (text === undefined || token.text === text);
}
