import type { Module, Reference, Statement } from "./module.ts";
import { referenceAt, stepsAfter } from "./module.ts";

/** All that a rule reaches through helpers: at least what it can read, and perhaps more. */
export interface Reached {
  readonly references: readonly Reference[];
  readonly statements: readonly Statement[];
  /** The packages of the statements. */
  readonly packages: ReadonlySet<string>;
  /** `with` puts another document in the place of one, so that references do not tell what is read. */
  readonly replaces: boolean;
}

interface Definition {
  readonly module: Module;
  readonly statement: Statement;
}

/** Finds what rules reach; `rule` undefined stands for all rules of the package. */
export type Reach = (packageName: string, rule: string | undefined) => Reached;

/** Makes the finder for a policy set. */
export function reachIn(modules: readonly Module[]): Reach {
  const definitions = new Map<string, Map<string, Definition[]>>();
  for (const module of modules) {
    const rules = definitions.get(module.package) ?? new Map<string, Definition[]>();
    definitions.set(module.package, rules);
    for (const statement of module.statements)
      rules.set(statement.name, [...(rules.get(statement.name) ?? []), { module, statement }]);
  }

  /** The definitions that a reference to data may mean. */
  const targets = ({ steps }: Reference): readonly Definition[] => {
    const constant = steps.slice(0, steps.includes(undefined) ? steps.indexOf(undefined) : steps.length);
    const written = constant.map((step, at) => stepText(step, at)).join("");
    return [...definitions].flatMap(([name, rules]) => {
      if (name === written || written === "" || isBelow(name, written)) return [...rules.values()].flat();
      if (!isBelow(written, name)) return [];
      const rule = constant[packageSteps(constant, name)];
      return rules.get(String(rule)) ?? [];
    });
  };

  return (packageName, rule) => {
    const rules = definitions.get(packageName);
    const open = [...(rule === undefined ? [...(rules?.values() ?? [])].flat() : (rules?.get(rule) ?? []))];
    const seen = new Set(open);
    const references: Reference[] = [];
    let replaces = false;
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { module, statement } = next;
      const found = referencesIn(module, statement);
      references.push(...found);
      replaces ||= statement.tokens.some(({ kind, text }) => kind === "word" && text === "with");
      const local = statement.tokens.flatMap(({ kind, text }) =>
        kind === "word" ? (definitions.get(module.package)?.get(text) ?? []) : [],
      );
      const distant = found.filter(({ root }) => root === "data").flatMap(targets);
      for (const one of [...local, ...distant]) {
        if (seen.has(one)) continue;
        seen.add(one);
        open.push(one);
      }
    }
    const reached = [...seen];
    return {
      references,
      statements: reached.map(({ statement }) => statement),
      packages: new Set(reached.map(({ module }) => module.package)),
      replaces,
    };
  };
}

/** The references to documents in a statement; words that an import defined are what they stand for. */
export function referencesIn(module: Module, { tokens }: Statement): readonly Reference[] {
  return tokens.flatMap((token, at) => {
    const direct = referenceAt(tokens, at);
    if (direct !== undefined) return [direct];
    const before = tokens[at - 1];
    if (token.kind !== "word" || (before?.kind === "mark" && before.text === ".")) return [];
    const imported = module.imports.get(token.text);
    if (imported === undefined) return [];
    const { steps } = stepsAfter(tokens, at);
    const after = before?.kind === "word" ? before.text : "";
    return [{ root: imported.root, steps: [...imported.steps, ...steps], line: token.line, after }];
  });
}

function stepText(step: string | number | undefined, at: number): string {
  if (typeof step === "string" && /^[A-Za-z_]\w*$/.test(step)) return at === 0 ? step : `.${step}`;
  return `[${JSON.stringify(step)}]`;
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

/** The number of steps that a package name takes up. */
function packageSteps(steps: readonly (string | number | undefined)[], name: string): number {
  let written = "";
  for (const [at, step] of steps.entries()) {
    written += stepText(step, at);
    if (written === name) return at + 1;
  }
  return steps.length;
}
