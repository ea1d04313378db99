import { templateParts, type TemplateAction, type TemplatePart } from "./template-text.ts";
import { factsIn, type UnknownFact } from "./unknown-facts.ts";

/** A template that can be executed by name: a file, or what it defines. */
export interface TemplateScope {
  readonly name: string;
  readonly parts: readonly TemplatePart[];
}

/** An action with all unknown facts that it depends on: named in it, through variables, and through included templates. */
export interface AskingAction {
  readonly action: TemplateAction;
  /** Named in the action itself. */
  readonly own: ReadonlySet<UnknownFact>;
  readonly facts: ReadonlySet<UnknownFact>;
}

/** The name of the scope with the templates in values and files that `tpl` may execute. */
export const passedToTpl = "\0tpl";

const blocks = new Set(["if", "range", "with", "block", "define"]);

/** The keyword that an action starts with, or its first function. */
export function keywordOf({ tokens: [first, second] }: TemplateAction): string {
  if (first?.text === "else" && second !== undefined) return `else ${second.text}`;
  return first?.kind === "word" ? first.text : "";
}

/** The scopes of a template file: the file itself, and each template that it defines. */
export function scopesIn(name: string, text: string): readonly TemplateScope[] {
  const found = new Map<string, TemplatePart[]>([[name, []]]);
  const open: (string | undefined)[] = [];
  let current = name;
  for (const part of templateParts(text)) {
    const keyword = part.kind === "action" ? keywordOf(part) : "";
    if (keyword === "end") {
      const outer = open.pop();
      if (outer !== undefined) {
        current = outer;
        continue;
      }
    }
    if (part.kind === "action" && blocks.has(keyword)) {
      const defines = keyword === "define" || keyword === "block";
      open.push(defines ? current : undefined);
      if (keyword === "block") found.get(current)?.push(part);
      if (defines) {
        current = part.tokens[1]?.text ?? "";
        if (!found.has(current)) found.set(current, []);
        continue;
      }
    }
    found.get(current)?.push(part);
  }
  return [...found].map(([scope, parts]) => ({ name: scope, parts }));
}

/** Finds what each action of each scope depends on. */
export function askingActions(scopes: readonly TemplateScope[]): ReadonlyMap<string, readonly AskingAction[]> {
  const names = new Set(scopes.map(({ name }) => name));
  const asking = scopes.flatMap(({ name, parts }) =>
    parts.flatMap((part) => (part.kind === "action" ? [askingIn(name, part, names)] : [])),
  );
  const ofScope = new Map<string, Set<UnknownFact>>(scopes.map(({ name }) => [name, new Set()]));
  const ofVariable = new Map<string, Set<UnknownFact>>();
  for (let changed = true; changed;) {
    changed = false;
    for (const { scope, facts, uses, assigns, includes } of asking) {
      const more = [...uses.map((name) => ofVariable.get(name)), ...includes.map((name) => ofScope.get(name))];
      for (const others of more) for (const fact of others ?? []) facts.add(fact);
      const targets = [ofScope.get(scope), ...assigns.map((name) => variable(ofVariable, name))];
      for (const target of targets) {
        const before = target?.size ?? 0;
        for (const fact of facts) target?.add(fact);
        changed ||= (target?.size ?? 0) !== before;
      }
    }
  }
  const found = new Map<string, AskingAction[]>(scopes.map(({ name }) => [name, []]));
  for (const { scope, action, own, facts } of asking) found.get(scope)?.push({ action, own, facts });
  return found;
}

interface Asking {
  readonly scope: string;
  readonly action: TemplateAction;
  readonly own: ReadonlySet<UnknownFact>;
  readonly facts: Set<UnknownFact>;
  /** Variables by scope and name. */
  readonly uses: readonly string[];
  readonly assigns: readonly string[];
  readonly includes: readonly string[];
}

function askingIn(scope: string, action: TemplateAction, scopes: ReadonlySet<string>): Asking {
  const own = factsIn(action);
  const { tokens } = action;
  const sign = tokens.findIndex(({ kind, text }) => kind === "symbol" && (text === ":=" || text === "="));
  const variables = tokens.map(({ kind, text }) =>
    kind === "word" && text.startsWith("$") && text !== "$" ? `${scope}\0${text.split(".")[0]}` : undefined,
  );
  return {
    scope,
    action,
    own,
    facts: new Set(own),
    uses: variables.slice(sign + 1).filter((name) => name !== undefined),
    assigns: variables.slice(0, Math.max(sign, 0)).filter((name) => name !== undefined),
    includes: includedBy(action, scopes),
  };
}

/** Names of the scopes that an action executes: by their literal names, by the end of a path, or any where no name is literal. */
function includedBy({ tokens }: TemplateAction, scopes: ReadonlySet<string>): readonly string[] {
  const passed = tokens.some(({ text }) => text === "tpl") ? [passedToTpl] : [];
  if (!tokens.some(({ text }) => text === "include" || text === "template" || text === "block")) return passed;
  const named = tokens.flatMap(({ kind, text }) => (kind === "string" ? [text] : []));
  if (named.length === 0) return [...scopes, ...passed];
  const found = named.flatMap((one) =>
    scopes.has(one) ? [one] : one.startsWith("/") ? [...scopes].filter((name) => name.endsWith(one)) : [],
  );
  return [...found, ...passed];
}

function variable(known: Map<string, Set<UnknownFact>>, name: string): Set<UnknownFact> {
  const held = known.get(name) ?? new Set();
  known.set(name, held);
  return held;
}
