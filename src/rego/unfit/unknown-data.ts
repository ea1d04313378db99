import type { Json, JsonObject } from "../../model/json.ts";
import type { PolicyWarning } from "../../model/judge.ts";
import { isObject } from "../../manifest/identity.ts";
import type { Module, Reference } from "../reading/module.ts";
import { referencesIn } from "../reading/reach.ts";

/** What is there besides data files and rules; parameters may come from the configuration. */
const PROVIDED = new Set(["conftest", "portcullis", "parameters"]);

/**
 * Warnings for `data.…` that neither data files nor rules provide: the expression is undefined, so that its rule is
 * silent. Not where the rule allows for it, by a default or by `not`.
 */
export function unknownData(modules: readonly Module[], data: JsonObject): readonly PolicyWarning[] {
  const names = new Map<string, Set<string>>();
  for (const { package: name, statements } of modules)
    names.set(name, new Set([...(names.get(name) ?? []), ...statements.map((statement) => statement.name)]));
  const warnings = new Map<string, PolicyWarning>();
  for (const module of modules) {
    const defaults = new Set(module.statements.filter(({ isDefault }) => isDefault).map(({ name }) => name));
    for (const statement of module.statements) {
      if (defaults.has(statement.name)) continue;
      if (statement.tokens.some(({ text }) => text === "else")) continue;
      for (const reference of referencesIn(module, statement)) {
        if (reference.root !== "data" || /^(?:not|with)$/.test(reference.after)) continue;
        const missing = missingIn(reference, data, names);
        if (missing === undefined) continue;
        const message = `rule ${statement.name} reads ${missing}, which neither the data nor a rule provides, so that what reads it is undefined`;
        const warning = { path: module.path, line: reference.line, message };
        warnings.set(JSON.stringify(warning), warning);
      }
    }
  }
  return [...warnings.values()];
}

/** The shortest part of a reference that nothing provides. */
function missingIn(
  { steps }: Reference,
  data: JsonObject,
  names: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  if (steps.length === 0 || PROVIDED.has(String(steps[0]))) return undefined;
  let value: Json | undefined = data;
  let path = "";
  for (const step of steps) {
    if (typeof step !== "string") return undefined;
    const above = path;
    path += /^[A-Za-z_]\w*$/.test(step) ? (path === "" ? step : `.${step}`) : `[${JSON.stringify(step)}]`;
    const inData: Json | undefined = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    // What a rule holds is not known here.
    if (names.get(above)?.has(step) === true) return undefined;
    const isPackage = [...names.keys()].some(
      (name) => name === path || name.startsWith(`${path}.`) || name.startsWith(`${path}[`),
    );
    if (inData === undefined && !isPackage) return `data.${path}`;
    if (inData !== undefined && !isObject(inData)) return undefined;
    value = inData;
  }
  return undefined;
}
