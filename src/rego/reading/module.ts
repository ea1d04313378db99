import type { PolicyFile } from "../../model/policy.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** One definition of a rule or function, or its default. */
export interface Statement {
  readonly path: string;
  readonly line: number;
  readonly name: string;
  readonly isDefault: boolean;
  /** What follows the name. */
  readonly tokens: readonly Token[];
}

/** A reference to a document: its root, its steps by name, and undefined for a step that is not constant. */
export interface Reference {
  readonly root: "input" | "data";
  readonly steps: readonly (string | number | undefined)[];
  readonly line: number;
  /** The word before it, such as `in`, `not` or `with`. */
  readonly after: string;
}

/** A Rego file as its tokens show it: enough to know what a rule may read, and never less. */
export interface Module {
  readonly path: string;
  readonly package: string;
  /** By alias: the document that the word stands for. */
  readonly imports: ReadonlyMap<string, Reference>;
  readonly statements: readonly Statement[];
}

const CONTINUES = new Set(["else", "with", "as", "in", "if", "contains", "and", "or"]);

/** Reads a Rego file that compiles. */
export function readModule({ path, text }: PolicyFile): Module {
  const imports = new Map<string, Reference>();
  const statements: Statement[] = [];
  let packageName = "";
  for (const tokens of statementsIn(tokensOf(text))) {
    const [head, ...rest] = tokens;
    if (head === undefined) continue;
    if (head.text === "package") packageName = writtenPath(rest);
    else if (head.text === "import") {
      const reference = referenceAt(rest, 0);
      const as = rest.findIndex(({ kind, text: word }) => kind === "word" && word === "as");
      const alias = as < 0 ? (reference?.steps.at(-1) ?? reference?.root) : rest[as + 1]?.text;
      if (reference !== undefined && alias !== undefined) imports.set(String(alias), reference);
    } else {
      const isDefault = head.text === "default" && rest[0]?.kind === "word";
      const [name = head, ...body] = isDefault ? rest : tokens;
      statements.push({ path, line: name.line, name: name.text, isDefault, tokens: body });
    }
  }
  return { path, package: packageName, imports, statements };
}

/** A word at depth 0 that begins a line after a complete expression begins a statement. */
function* statementsIn(tokens: readonly Token[]): Generator<readonly Token[]> {
  let current: Token[] = [];
  let depth = 0;
  let last: Token | undefined;
  for (const token of tokens) {
    const complete = last === undefined || last.kind !== "mark" || /^[\])}]$/.test(last.text);
    const open = last?.kind === "word" && CONTINUES.has(last.text);
    // What a dialect adds stands on the line of the package.
    const isFirst = token.first || (token.text === "import" && /^(?:package|import)$/.test(current[0]?.text ?? ""));
    const starts = depth === 0 && isFirst && token.kind === "word" && !CONTINUES.has(token.text);
    if (starts && complete && !open) {
      if (current.length > 0) yield current;
      current = [];
    }
    current.push(token);
    if (token.kind === "mark" && /^[([{]$/.test(token.text)) depth += 1;
    if (token.kind === "mark" && /^[)\]}]$/.test(token.text)) depth -= 1;
    last = token;
  }
  if (current.length > 0) yield current;
}

/** The path of a package as OPA writes it. */
function writtenPath(tokens: readonly Token[]): string {
  return tokens.map(({ kind, text }) => (kind === "string" ? JSON.stringify(text) : text)).join("");
}

/** The reference that begins at a token; undefined if none does. */
export function referenceAt(tokens: readonly Token[], at: number): Reference | undefined {
  const root = tokens[at];
  const before = tokens[at - 1];
  if (root?.kind !== "word" || (root.text !== "input" && root.text !== "data")) return undefined;
  if (before?.text === "." && before.kind === "mark") return undefined;
  const { steps } = stepsAfter(tokens, at);
  return { root: root.text, steps, line: root.line, after: before?.kind === "word" ? before.text : "" };
}

/** The constant and variable steps after the token at `at`, and the index of the token that follows them. */
export function stepsAfter(
  tokens: readonly Token[],
  at: number,
): { readonly steps: readonly (string | number | undefined)[]; readonly end: number } {
  const steps: (string | number | undefined)[] = [];
  let next = at + 1;
  for (;;) {
    const [mark, name, close] = [tokens[next], tokens[next + 1], tokens[next + 2]];
    if (mark?.kind !== "mark" || !mark.tight) return { steps, end: next };
    if (mark.text === "." && name?.kind === "word") {
      steps.push(name.text);
      next += 2;
    } else if (mark.text === "[") {
      const isConstant = close?.kind === "mark" && close.text === "]" && name !== undefined;
      if (isConstant && name.kind === "string") steps.push(name.text);
      else if (isConstant && name.kind === "number") steps.push(Number(name.text));
      else steps.push(undefined);
      next = closing(tokens, next) + 1;
    } else return { steps, end: next };
  }
}

/** The index of the bracket that closes the one at `open`. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] ?? { kind: "mark", text: "" };
    if (kind !== "mark") continue;
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text) && --depth === 0) return at;
  }
  return tokens.length;
}
