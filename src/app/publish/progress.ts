import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { OnProgress } from "../judge/pool.ts";

/** Shows in a check how far its judgement is. */
export interface CheckProgress {
  readonly onProgress: OnProgress;
  /** Waits for what was sent, and sends nothing more: it must not arrive after the verdict. */
  stop(): Promise<void>;
}

/** Most judgements end before the first; each is a request that counts towards GitHub's limits. */
const first = 10_000;
const pause = 30_000;

/** Makes the progress of a run in progress. A request that fails is not repeated: the verdict does not depend on it. `now` is in milliseconds. */
export function checkProgress(
  github: Pick<RepositoryClient, "annotate">,
  place: Place,
  runId: number,
  now: () => number = () => performance.now(),
): CheckProgress {
  let next = now() + first;
  let sent: Promise<void> | undefined;
  let stopped = false;
  return {
    onProgress: (done, total) => {
      if (stopped || sent !== undefined || now() < next) return;
      next = now() + pause;
      const summary = `Judging the state that would exist after the merge: ${done} of ${total} files and sources so far.`;
      sent = github
        .annotate(place, runId, { title: "Judging", summary, annotations: [] })
        .catch(() => undefined)
        .finally(() => (sent = undefined));
    },
    stop: async () => {
      stopped = true;
      await sent;
    },
  };
}
