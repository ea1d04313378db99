import type { Pointer } from "../../model/json.ts";
import type { Problem } from "../../model/problem.ts";
import type { Gap, UnpermittedRemote } from "../../model/source.ts";
import type { Places } from "./places.ts";
import type { WrongType } from "./fields.ts";

/** Collects the problems and gaps of one object, each with its line. */
export interface Diagnostics {
  readonly problems: readonly Problem[];
  readonly gaps: readonly Gap[];
  problem(pointer: Pointer, message: string): void;
  /** `unpermitted`: what may not be fetched, where that is the reason. */
  gap(pointer: Pointer, reason: string, unpermitted?: UnpermittedRemote): void;
  readonly wrongType: WrongType;
}

/** Makes the collector for the object that messages call `id`. */
export function collectDiagnostics(id: string, places: Places): Diagnostics {
  const problems: Problem[] = [];
  const gaps: Gap[] = [];
  const problem = (pointer: Pointer, message: string): void => {
    const found = places.problem(pointer, `${id}: ${message}`);
    if (!problems.some(({ line, message }) => line === found.line && message === found.message)) problems.push(found);
  };
  return {
    problems,
    gaps,
    problem,
    gap: (pointer, reason, unpermitted) => {
      const place = { path: places.path, line: places.line(pointer) };
      const gap: Gap = { source: id, ...place, reason, ...(unpermitted === undefined ? {} : { unpermitted }) };
      if (!gaps.some((one) => one.line === gap.line && one.reason === reason)) gaps.push(gap);
    },
    wrongType: (pointer, expected) => problem(pointer, `${pointer || "/"} must be ${expected}`),
  };
}
