import type { Pointer } from "../../../model/json.ts";
import type { FileLine, GitOpsObject, PlanContext } from "../../gitops.ts";
import type { Fields } from "../fields.ts";
import type { Places } from "../places.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { TemplateParameters } from "./template-parameters.ts";
import type { TextRenderer } from "./text-renderer.ts";

/** One set of parameters, and the line it comes from. */
export interface ParameterSet {
  readonly parameters: TemplateParameters;
  readonly origin: RankedOrigin;
}

/** When two sets are combined, the line of the higher rank is kept: 2 a file of its own, 1 an element of a list, 0 a generator. */
export interface RankedOrigin extends FileLine {
  readonly rank: 0 | 1 | 2;
}

/** One ApplicationSet while its generators run. A generator that yields undefined reports why to `diagnostics`. */
export interface Generation {
  readonly goTemplate: boolean;
  readonly texts: TextRenderer;
  readonly places: Places;
  readonly diagnostics: Diagnostics;
  readonly object: GitOpsObject;
  readonly context: PlanContext;
  /** Gathers the files that the generators depend on. */
  readonly reads: Set<string>;
  /** Runs a generator within a matrix or merge generator; `outer` fills its texts first. */
  child(
    generator: Fields,
    level: number,
    outer: TemplateParameters | undefined,
  ): Promise<readonly ParameterSet[] | undefined>;
}

/** Yields a generator's parameter sets in order; undefined where a problem or gap was reported to `diagnostics`. */
export type Generator = (
  options: Fields,
  generation: Generation,
  level: number,
) => Promise<readonly ParameterSet[] | undefined>;

/** Limit for one ApplicationSet. More is a mistake: Argo CD itself could not handle it. */
export const maxParameterSets = 10_000;

/** Reports that a generator yields too many sets, and returns undefined for the generator to return. */
export function tooMany({ diagnostics }: Generation, pointer: Pointer, count: number): undefined {
  diagnostics.problem(pointer, `generates ${count} or more Applications; the limit is ${maxParameterSets}`);
  return undefined;
}
