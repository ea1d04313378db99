import { isMark, isWord } from "./bodies.ts";
import { stepsAfter, type Module, type Statement } from "./module.ts";
import type { Token } from "./tokens.ts";

/** The steps to a place; undefined for a step that is not constant. */
export type Steps = readonly (string | number | undefined)[];

/** What a name and the steps after it stand for: places in the manifest, one for each definition of the name. */
export interface Named {
  readonly places: readonly Steps[];
  /** The index of the token that follows. */
  readonly end: number;
  /** It may also be something else: the name has a default. */
  readonly orElse: boolean;
}

/** Finds what the word at an index stands for, through rules that are names for places; `shadowed` are no names of rules. */
export type Places = (
  module: Module,
  tokens: readonly Token[],
  at: number,
  shadowed: ReadonlySet<string>,
) => Named | undefined;

/** Makes the finder for a policy set. */
export function placesIn(modules: readonly Module[]): Places {
  const byName = new Map<string, (readonly [Module, Statement])[]>();
  for (const module of modules) {
    for (const statement of module.statements) {
      const key = `${module.package}\0${statement.name}`;
      byName.set(key, [...(byName.get(key) ?? []), [module, statement]]);
    }
  }

  const ofRule = (packageName: string, name: string, rest: Steps, within: readonly string[]) => {
    const key = `${packageName}\0${name}`;
    if (within.includes(key)) return undefined;
    const places: Steps[] = [];
    let orElse = false;
    for (const [module, { isDefault, tokens }] of byName.get(key) ?? []) {
      if (isDefault) {
        orElse = true;
        continue;
      }
      const isValue = isMark(tokens[0], "=") || isMark(tokens[0], ":=");
      const found = isValue ? at(module, tokens, 1, none, [...within, key]) : undefined;
      const after = tokens[found?.end ?? 0];
      if (found === undefined || !(after === undefined || isMark(after, "{") || isWord(after, "if"))) return undefined;
      if (tokens.some((token) => isWord(token, "else"))) return undefined;
      orElse ||= found.orElse;
      places.push(...found.places.map((steps) => [...steps, ...rest]));
    }
    return places.length === 0 ? undefined : { places, orElse };
  };

  const at = (
    module: Module,
    tokens: readonly Token[],
    index: number,
    shadowed: ReadonlySet<string>,
    within: readonly string[],
  ): Named | undefined => {
    const token = tokens[index];
    if (token?.kind !== "word" || isMark(tokens[index - 1], ".") || shadowed.has(token.text)) return undefined;
    const { steps, end } = stepsAfter(tokens, index);
    const imported = module.imports.get(token.text);
    if (token.text === "input") return { places: [ofManifest(steps)], end, orElse: false };
    if (imported?.root === "input") return { places: [ofManifest([...imported.steps, ...steps])], end, orElse: false };
    const [name, ...rest] = steps;
    const found =
      imported === undefined
        ? ofRule(module.package, token.text, steps, within)
        : ofRule(imported.steps.join("."), String(name), rest, within);
    return found === undefined ? undefined : { ...found, places: found.places.map(ofManifest), end };
  };

  return (module, tokens, index, shadowed) => at(module, tokens, index, shadowed, []);
}

const none: ReadonlySet<string> = new Set();

/** The manifest is the input itself, or what admission has of it. */
function ofManifest(steps: Steps): Steps {
  return steps[0] === "review" && steps[1] === "object" ? steps.slice(2) : steps;
}
