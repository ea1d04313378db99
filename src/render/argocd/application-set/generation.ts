import type { Pointer } from "../../../model/json.ts";
import type { FileLine, PlanContext } from "../../gitops.ts";
import type { Fields } from "../fields.ts";
import type { Places } from "../places.ts";
import type { Trouble } from "../trouble.ts";
import type { TemplateParameters } from "./template-parameters.ts";
import type { TextRenderer } from "./text-renderer.ts";

/** One set of parameters, and where it comes from. */
export interface ParameterSet {
  readonly parameters: TemplateParameters;
  readonly origin: RankedOrigin;
}

/** Of two origins that are combined the higher rank tells more: a file of its own, an element of a list, a generator. */
export interface RankedOrigin extends FileLine {
  readonly rank: 0 | 1 | 2;
}

/** One ApplicationSet while its generators run. Its `trouble` says what a generator that yields undefined lacks. */
export interface Generation {
  readonly goTemplate: boolean;
  readonly texts: TextRenderer;
  readonly places: Places;
  readonly trouble: Trouble;
  readonly context: PlanContext;
  /** Runs a generator within a matrix or merge generator; `outer` fills its texts first. */
  child(
    generator: Fields,
    level: number,
    outer: TemplateParameters | undefined,
  ): Promise<readonly ParameterSet[] | undefined>;
}

/** A generator's parameter sets in order; undefined where `trouble` says why there are none. */
export type Generator = (
  options: Fields,
  generation: Generation,
  level: number,
) => Promise<readonly ParameterSet[] | undefined>;

/** More than this from one ApplicationSet is taken for a mistake; Argo CD itself would not cope with it. */
export const maxParameterSets = 10_000;

/** Says that a generator yields too many sets. */
export function tooMany({ trouble }: Generation, pointer: Pointer, count: number): undefined {
  trouble.problem(pointer, `generates ${count} or more Applications; at most ${maxParameterSets} are planned`);
  return undefined;
}
