import type { Problem } from "../../model/problem.ts";

/** Manifests that one change may create or alter, each counted once for every environment and source that yields it. */
const MOST_MANIFESTS = 100_000;

/** Thrown where a change would take more work than one judgement may; the check turns it into one problem. */
export class BudgetError extends Error {
  override readonly name = "BudgetError";
  readonly problem: Problem;
  constructor(message: string) {
    super(message);
    this.problem = { stage: "read", message };
  }
}

/** Counts manifests as they are read. */
export interface WorkBudget {
  /** Throws a BudgetError that names the largest contributors once there are too many. */
  spend(contributor: string, manifests: number): void;
}

/** Makes a budget for one judgement. */
export function workBudget(most = MOST_MANIFESTS): WorkBudget {
  const spent = new Map<string, number>();
  let total = 0;
  return {
    spend(contributor, manifests) {
      spent.set(contributor, (spent.get(contributor) ?? 0) + manifests);
      total += manifests;
      if (total <= most) return;
      const largest = [...spent].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, 3);
      const named = largest.map(([name, count]) => `${name} (${count})`).join(", ");
      throw new BudgetError(
        `the change yields more than ${most} manifests, so it was not judged; those that yield most: ${named}`,
      );
    },
  };
}
