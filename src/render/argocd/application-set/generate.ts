import { toJsonText } from "../../../manifest/json-text.ts";
import { fieldsOf, type Fields } from "../fields.ts";
import { clusterGenerator } from "./cluster-generator.ts";
import { fillGenerator } from "./fill-generator.ts";
import { flatten } from "./flatten.ts";
import type { Generation, Generator, ParameterSet } from "./generation.ts";
import { gitGenerator } from "./git-generator.ts";
import { readSelector } from "./label-selector.ts";
import { listGenerator } from "./list-generator.ts";
import { matrixGenerator } from "./matrix-generator.ts";
import { mergeGenerator } from "./merge-generator.ts";

const generators: { readonly [kind: string]: Generator } = {
  list: listGenerator,
  clusters: clusterGenerator,
  git: gitGenerator,
  matrix: matrixGenerator,
  merge: mergeGenerator,
};

/** Generators that depend on an API, which cannot be called before the merge. */
const outside: { readonly [kind: string]: string } = {
  scmProvider: "the repositories of an organisation",
  pullRequest: "the open pull requests",
  clusterDecisionResource: "an object in the cluster",
  plugin: "an external service",
};

const kinds = [...Object.keys(generators), ...Object.keys(outside)];
/** Matrix and merge generators may be nested once, not deeper. */
const deepest = 2;

/** The parameter sets of one generator kind in an entry of `generators`, with that kind's options. */
export interface Generated {
  readonly options: Fields;
  readonly sets: readonly ParameterSet[];
}

/** Runs an entry of `generators`. A kind that yields nothing usable is left out and reported to `diagnostics`. */
export async function generate(entry: Fields, level: number, generation: Generation): Promise<readonly Generated[]> {
  const asked = kinds.filter((kind) => entry.value[kind] !== undefined && entry.value[kind] !== null);
  if (asked.length === 0 || (level === deepest && asked.some((kind) => kind === "matrix" || kind === "merge"))) {
    const message =
      asked.length === 0
        ? `has none of ${kinds.join(", ")}`
        : "matrix and merge generators can be nested once, not deeper";
    generation.diagnostics.problem(entry.pointer, `the generator ${message}`);
    return [];
  }
  const selector = entry.object("selector");
  const matches = selector === undefined ? undefined : readSelector(selector, generation.diagnostics, "any");
  const found: Generated[] = [];
  for (const kind of asked) {
    const options = entry.object(kind);
    if (options === undefined) continue;
    if (Object.hasOwn(outside, kind)) {
      generation.diagnostics.gap(options.pointer, `not generated: the ${kind} generator needs ${outside[kind]}`);
      continue;
    }
    const sets = await generators[kind]?.(options, generation, level);
    if (sets === undefined) continue;
    found.push({
      options,
      sets: matches === undefined ? sets : sets.filter(({ parameters }) => matches(flatten(parameters))),
    });
  }
  return found;
}

/** Makes `Generation.child`: runs one nested generator after filling its texts with the outer parameters. Equal calls share one run. */
export function childGenerator(generation: () => Generation): Generation["child"] {
  const answers = new Map<string, Promise<readonly ParameterSet[] | undefined>>();
  const run = async (entry: Fields, level: number): Promise<readonly ParameterSet[] | undefined> => {
    const [one, ...others] = await generate(entry, level, generation());
    if (others.length > 0) {
      generation().diagnostics.problem(entry.pointer, "a generator within matrix or merge must be of one kind");
      return undefined;
    }
    return one?.sets;
  };
  return async (entry, level, outer) => {
    const value =
      outer === undefined || Object.keys(outer).length === 0
        ? entry.value
        : await fillGenerator(entry.value, entry.pointer, outer, generation());
    if (value === undefined) return undefined;
    const filled = fieldsOf(value, entry.pointer, generation().diagnostics.wrongType);
    const key = `${level} ${entry.pointer} ${toJsonText(filled.value)}`;
    const answer = answers.get(key) ?? run(filled, level);
    answers.set(key, answer);
    return answer;
  };
}
