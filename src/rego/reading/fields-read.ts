import type { FieldRead } from "../../model/judge.ts";
import { bodiesOf, boundIn, isMark, isWord, namesAfter, type Body } from "./bodies.ts";
import { limitsIn } from "./limits.ts";
import { stepsAfter, type Module } from "./module.ts";
import { placesIn, type Places, type Steps } from "./places.ts";
import type { Token } from "./tokens.ts";

/**
 * The fields that rules read in bodies that name the kinds they are about: directly, through a rule that is a name for a
 * place, or through a variable of the body.
 */
export function fieldsRead(modules: readonly Module[]): readonly FieldRead[] {
  const all = modules.flatMap((module) => module.statements.map((statement) => ({ module, statement })));
  // What `with` puts in the place of the input is not the manifest.
  if (all.some(({ statement }) => replacesInput(statement.tokens))) return [];
  const placeAt = placesIn(modules);
  const limitsOf = limitsIn(modules, placeAt);
  const rules = new Set(all.map(({ statement }) => statement.name));
  const reads = new Map<string, FieldRead>();
  for (const { module, statement } of all) {
    for (const body of bodiesOf(statement.tokens)) {
      const { kind, apiVersion } = limitsOf(module, body);
      if (kind === undefined || kind.size === 0 || apiVersion?.size === 0) continue;
      for (const { steps, line, known } of readsIn(module, body, { placeAt, rules })) {
        const read: FieldRead = {
          path: statement.path,
          line,
          rule: statement.name,
          kinds: [...kind].toSorted(),
          ...(apiVersion === undefined ? {} : { apiVersions: [...apiVersion].toSorted() }),
          steps: steps.map((step) => step ?? null),
          ...(known === undefined ? {} : { known }),
        };
        reads.set(JSON.stringify(read), read);
      }
    }
  }
  return [...reads.values()];
}

function replacesInput(tokens: readonly Token[]): boolean {
  return tokens.some((token, at) => isWord(token, "with") && isWord(tokens[at + 1], "input"));
}

interface Read {
  readonly steps: Steps;
  readonly line: number;
  readonly known?: number;
}

interface Known {
  readonly placeAt: Places;
  readonly rules: ReadonlySet<string>;
}

function readsIn(module: Module, body: Body, { placeAt, rules }: Known): readonly Read[] {
  const { tokens, head } = body;
  const shadowed = boundIn(body);
  const direct = (at: number): Place | undefined => {
    const found = placeAt(module, tokens, at, shadowed);
    const [place, ...others] = found?.places ?? [];
    const isOne = place !== undefined && others.every((other) => JSON.stringify(other) === JSON.stringify(place));
    return isOne && found !== undefined ? { steps: place, end: found.end } : undefined;
  };
  const variables = variablesIn(tokens, direct);
  // A name that is a variable in one part of the body may be a rule in another.
  for (const name of [...rules, ...head.map(({ text }) => text), ...module.imports.keys()]) variables.delete(name);
  return tokens.flatMap((token, at): readonly Read[] => {
    if (token.kind !== "word" || isMark(tokens[at - 1], ".")) return [];
    const start = variables.get(token.text);
    if (start !== undefined) {
      const steps = [...start, ...stepsAfter(tokens, at).steps];
      return [{ steps, line: token.line, known: start.length }];
    }
    const steps = direct(at)?.steps ?? [];
    return steps.length === 0 ? [] : [{ steps, line: token.line }];
  });
}

interface Place {
  readonly steps: Steps;
  /** The index of the token that follows. */
  readonly end: number;
}

/** The variables of a body that are declared and bound once, to a place in the manifest. */
function variablesIn(tokens: readonly Token[], direct: (at: number) => Place | undefined): Map<string, Steps> {
  const bound = new Map<string, Steps | undefined>();
  const declared = new Set<string>();
  const bind = (name: string | undefined, steps: Steps | undefined): void => {
    if (name !== undefined) bound.set(name, bound.has(name) ? undefined : steps);
  };
  const declare = (name: string): void => {
    if (declared.has(name)) bind(name, undefined);
    declared.add(name);
  };
  /** The place that begins at a token, where nothing else follows it. */
  const whole = (at: number, ends: (token: Token | undefined) => boolean): Steps | undefined => {
    const found = direct(at);
    if (found !== undefined) return ends(tokens[found.end]) ? found.steps : undefined;
    const start = bound.get(tokens[at]?.text ?? "");
    const { steps, end } = stepsAfter(tokens, at);
    return start === undefined || !ends(tokens[end]) ? undefined : [...start, ...steps];
  };
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== "word" || isMark(tokens[at - 1], ".")) continue;
    const next = tokens[at + 1];
    if (isMark(next, ":=") || isMark(next, "=")) {
      if (isMark(next, ":=")) declare(token.text);
      bind(token.text, whole(at + 2, endsHere));
    } else if (token.text === "some" || token.text === "every") {
      const { names, end } = namesAfter(tokens, at);
      for (const name of names) declare(name);
      if (!isWord(tokens[end], "in")) continue;
      for (const name of names.slice(0, -1)) bind(name, undefined);
      const collection = whole(end + 1, token.text === "every" ? opensBlock : endsHere);
      bind(names.at(-1), collection === undefined ? undefined : [...collection, undefined]);
    }
  }
  return new Map([...bound].flatMap(([name, steps]) => (steps === undefined ? [] : [[name, steps] as const])));
}

function endsHere(token: Token | undefined): boolean {
  if (token === undefined) return true;
  return token.kind === "mark" ? /^[;)\]}]$/.test(token.text) : token.first;
}

function opensBlock(token: Token | undefined): boolean {
  return isMark(token, "{");
}
