import type { Failing, Standing, StoredStanding } from "../../model/standing.ts";
import type { FailingNames } from "../../model/standing-history.ts";

type AllFailing = { readonly [id: string]: Failing };

/** What fails anew at a judgement, and what does no more. Without the judgement before, its own dates tell what is new. */
export function turnsOf(
  before: Standing | undefined,
  { judgedAt, standing }: StoredStanding,
): { readonly anew: FailingNames; readonly ended: FailingNames } {
  const added = (now: AllFailing, then: AllFailing | undefined): readonly string[] =>
    Object.entries(now)
      .filter(([id, { since }]) =>
        then === undefined ? Date.parse(since) >= Date.parse(judgedAt) : !Object.hasOwn(then, id),
      )
      .map(([id]) => id);
  const removed = (then: AllFailing, now: AllFailing): readonly string[] =>
    Object.keys(then).filter((id) => !Object.hasOwn(now, id));
  return {
    anew: {
      policies: added(standing.policies, before?.policies),
      controls: added(standing.controls.failing, before?.controls.failing),
    },
    ended: {
      policies: removed(before?.policies ?? {}, standing.policies),
      controls: removed(before?.controls.failing ?? {}, standing.controls.failing),
    },
  };
}
