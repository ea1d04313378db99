import { bodiesOf, boundIn, expressionsIn, isMark, isWord, type Body } from "./bodies.ts";
import type { Module, Statement } from "./module.ts";
import type { Places } from "./places.ts";
import type { Token } from "./tokens.ts";

/** The values that a body allows for fields of its input; absent: any. */
export interface Limits {
  readonly kind?: ReadonlySet<string>;
  readonly apiVersion?: ReadonlySet<string>;
}

type Field = keyof Limits;
const FIELDS: readonly Field[] = ["kind", "apiVersion"];

/** Finds what a body allows, as far as plain comparisons tell: never less than it does allow. */
export function limitsIn(modules: readonly Module[], placeAt: Places): (module: Module, body: Body) => Limits {
  const statementsOf = (packageName: string, name: string): readonly (readonly [Module, Statement])[] =>
    modules
      .filter((module) => module.package === packageName)
      .flatMap((module) => module.statements.filter((one) => one.name === name).map((one) => [module, one] as const));

  /** What a name stands for: a rule of the package, or of an imported one. */
  const named = (module: Module, tokens: readonly Token[]): readonly (readonly [Module, Statement])[] => {
    const [first, dot, second] = tokens;
    if (!isWord(first) || first === undefined) return [];
    if (tokens.length === 1) return statementsOf(module.package, first.text);
    const imported = module.imports.get(first.text);
    if (tokens.length !== 3 || !isMark(dot, ".") || second?.kind !== "word" || imported?.root !== "data") return [];
    return statementsOf(imported.steps.join("."), second.text);
  };

  const constants = (module: Module, tokens: readonly Token[]): ReadonlySet<string> | undefined => {
    const literal = stringsIn(tokens);
    if (literal !== undefined) return literal;
    const [only, another] = named(module, tokens);
    const [equals, ...value] = only?.[1].tokens ?? [];
    if (another !== undefined || only?.[1].isDefault !== false || !isEquals(equals)) return undefined;
    return stringsIn(value);
  };

  /** What an expression allows for a field, where it says nothing else. */
  const ofExpression = (
    module: Module,
    tokens: readonly Token[],
    field: Field,
    shadowed: ReadonlySet<string>,
  ): ReadonlySet<string> | undefined => {
    const fieldLength = (at: number): number => {
      const { places, end, orElse } = placeAt(module, tokens, at, shadowed) ?? { places: [], end: at, orElse: true };
      return !orElse && places.every((steps) => steps.length === 1 && steps[0] === field) ? end - at : 0;
    };
    const length = fieldLength(0);
    if (length > 0) {
      const [operator, ...value] = tokens.slice(length);
      const [only] = value;
      if (isEquals(operator) && value.length === 1 && only?.kind === "string") return new Set([only.text]);
      if (isEquals(operator)) return constants(module, withoutAny(value));
      return isWord(operator, "in") ? constants(module, value) : undefined;
    }
    const [first, operator] = tokens;
    if (first?.kind === "string" && isEquals(operator) && fieldLength(2) === tokens.length - 2)
      return new Set([first.text]);
    const open = tokens.findLastIndex((token, at) => isMark(token, "[") && fieldLength(at + 1) > 0);
    const isIndexed = open > 0 && open + 1 + fieldLength(open + 1) === tokens.length - 1;
    return isIndexed ? constants(module, tokens.slice(0, open)) : undefined;
  };

  const ofBody = (module: Module, body: Body, within: readonly Statement[]): Limits => {
    const limits: { -readonly [Key in Field]?: ReadonlySet<string> } = {};
    const add = (field: Field, allowed: ReadonlySet<string> | undefined): void => {
      const known = limits[field];
      if (allowed !== undefined) limits[field] = known === undefined ? allowed : intersection(known, allowed);
    };
    const shadowed = boundIn(body);
    for (const tokens of expressionsIn(body.tokens)) {
      for (const field of FIELDS) add(field, ofExpression(module, tokens, field, shadowed));
      const found = shadowed.has(tokens[0]?.text ?? "") ? {} : ofRule(named(module, tokens), within);
      for (const field of FIELDS) add(field, found[field]);
    }
    return limits;
  };

  /** What a rule allows that an expression consists of: what any of its bodies allows. */
  const ofRule = (found: readonly (readonly [Module, Statement])[], within: readonly Statement[]): Limits => {
    const definitions = found.filter(([, { isDefault }]) => !isDefault);
    // A set is defined even where it is empty.
    if (
      definitions.length === 0 ||
      definitions.some(([, { tokens }]) => !isComplete(tokens)) ||
      definitions.some(([, one]) => within.includes(one))
    )
      return {};
    const limits = definitions.flatMap(([module, one]) => {
      const bodies = bodiesOf(one.tokens);
      const inside = [...within, one];
      return bodies.length === 0 ? [{}] : bodies.map((body) => ofBody(module, body, inside));
    });
    return { ...anyOf(limits, "kind"), ...anyOf(limits, "apiVersion") };
  };

  return (module, body) => ofBody(module, body, []);
}

function isComplete([first]: readonly Token[]): boolean {
  return first !== undefined && /^(?::=|=|\{|if)$/.test(first.text);
}

function anyOf(limits: readonly Limits[], field: Field): Limits {
  const sets = limits.map((one) => one[field]);
  if (sets.some((set) => set === undefined)) return {};
  return { [field]: new Set(sets.flatMap((set) => [...(set ?? [])])) };
}

function intersection(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one].filter((item) => other.has(item)));
}

/** A list without the `[_]` after it. */
function withoutAny(tokens: readonly Token[]): readonly Token[] {
  const isAny = isMark(tokens.at(-3), "[") && isWord(tokens.at(-2)) && isMark(tokens.at(-1), "]");
  return isAny ? tokens.slice(0, -3) : [];
}

/** The items of a set or list of strings. */
function stringsIn(tokens: readonly Token[]): ReadonlySet<string> | undefined {
  const [open, ...rest] = tokens;
  const items = rest.slice(0, -1);
  const close = rest.at(-1);
  const isList = (isMark(open, "{") && isMark(close, "}")) || (isMark(open, "[") && isMark(close, "]"));
  const isFlat = items.every((token, at) => (at % 2 === 0 ? token.kind === "string" : isMark(token, ",")));
  if (!isList || !isFlat) return undefined;
  return new Set(items.flatMap(({ kind, text }) => (kind === "string" ? [text] : [])));
}

function isEquals(token: Token | undefined): boolean {
  return token?.kind === "mark" && /^(?:==|=|:=)$/.test(token.text);
}
