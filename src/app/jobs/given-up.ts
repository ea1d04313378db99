import type { LeasedWork } from "../../store/work.ts";
import type { KnownRuns } from "../publish/check-run.ts";
import type { Target } from "../target.ts";

/** What a state of unavailability names as the head that was tried: another base branch is another question. */
export function triedHead(target: Pick<Target, "head" | "baseRef">): string {
  return `${target.head} ${target.baseRef}`;
}

/**
 * Whether this very head was tried before and its check says that it could not be judged. Then it is tried again without
 * a run of its own, until there is a verdict to show. A re-run that somebody asked for is shown from its start. A check
 * that passed does not say so: a crash may have left the state behind after the verdict.
 */
export function wasGivenUp(
  work: Pick<LeasedWork, "forced" | "unavailable">,
  target: Pick<Target, "head" | "baseRef">,
  known: KnownRuns,
): boolean {
  const tried = work.unavailable.some((state) => state.kind === "work" && state.head === triedHead(target));
  return tried && !work.forced && known.open.length === 0 && known.concluded?.conclusion !== "success";
}
