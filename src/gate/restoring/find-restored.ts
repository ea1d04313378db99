import type { RestoredState, Restores } from "../../model/restores.ts";
import type { CheckRequest } from "../check-request.ts";
import type { Judging } from "../judging/judge-once.ts";
import { BudgetError, type WorkBudget } from "../judging/work-budget.ts";
import { findStates, type States } from "../states.ts";
import { differingEnvironments, type Difference } from "./differing-environments.ts";
import type { PassedTree } from "./passed-tree.ts";

/** What a change restores. */
export interface Restored {
  /** The state that an environment has again; "" is what no environment names. */
  readonly of: ReadonlyMap<string, PassedTree>;
  /** The state that everything has again, whatever it is about. */
  readonly whole?: PassedTree;
  readonly told: Restores;
}

/**
 * Finds which of the states that passed, newest first, the change restores: for each environment that it touches the newest
 * one in which that environment is as after the change. Undefined if it restores none, or if that takes too much work: then
 * the change is judged as any other.
 */
export async function findRestored(
  request: CheckRequest,
  judging: Judging,
  trees: States,
  budget: WorkBudget,
): Promise<Restored | undefined> {
  const { passed = [] } = request;
  if (passed.length === 0 || !trees.isChange) return undefined;
  // What is read for this was or will be counted where it is judged.
  const comparing: Judging = { ...judging, onJudged: () => undefined };
  try {
    const touched = await differingEnvironments(comparing, trees);
    const of = new Map<string, PassedTree>();
    for (const state of passed) {
      const left = await differenceFrom(state, request, comparing, budget);
      if (left.anywhere) continue;
      for (const environment of touched.environments)
        if (!left.environments.has(environment) && !of.has(environment)) of.set(environment, state);
      if (left.environments.size === 0) return { of, whole: state, told: toldOf(of, true, state) };
      if (of.size === touched.environments.size) break;
    }
    const [first] = of.values();
    if (first === undefined) return undefined;
    return { of, told: toldOf(of, !touched.anywhere && of.size === touched.environments.size, first) };
  } catch (error) {
    if (error instanceof BudgetError) return undefined;
    throw error;
  }
}

async function differenceFrom(
  { tree, isSame }: PassedTree,
  request: CheckRequest,
  judging: Judging,
  budget: WorkBudget,
): Promise<Difference> {
  if (isSame) return { environments: new Set(), anywhere: false };
  const trees = { before: tree, after: request.after };
  return differingEnvironments({ ...judging, trees }, await findStates({ ...request, before: tree }, budget));
}

/** As the report tells it, the state that was merged last first. */
function toldOf(of: ReadonlyMap<string, PassedTree>, complete: boolean, first: PassedTree): Restores {
  const states = [...new Set([first, ...of.values()])].map((state): RestoredState => {
    const environments = [...of].flatMap(([environment, by]) => (by === state ? [environment] : []));
    const { commit, pull, mergedAt } = state;
    return {
      commit,
      ...(pull === undefined ? {} : { pull }),
      ...(mergedAt === undefined ? {} : { mergedAt }),
      environments: environments.filter((name) => name !== "").toSorted(),
      ...(environments.includes("") ? { unnamed: true } : {}),
    };
  });
  const [newest, ...also] = states.toSorted((one, other) => compare(other.mergedAt ?? "", one.mergedAt ?? ""));
  if (newest === undefined) throw new Error("no state is restored");
  return { ...newest, complete, ...(also.length === 0 ? {} : { also }) };
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
