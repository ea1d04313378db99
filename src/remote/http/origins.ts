import type { Unanswered } from "./statuses.ts";

/** After so many questions in a row without an answer an origin is asked nothing more: each question was tried again by itself. */
const mostUnanswered = 3;

/** So many servers that say nothing, and none that says anything, mean that there is no network. */
const mostSilent = 3;

/** Which servers a job has given up. */
export interface Origins {
  /** Why an origin is asked nothing more. */
  givenUp(origin: string): Unanswered | undefined;
  /** No server has said anything, and several were asked: another one need not be tried twice. */
  isNetworkGone(): boolean;
  /** It answered, whatever it was. */
  answered(origin: string): void;
  /** A question was not answered, however often it was tried. `isFinal`: the origin wants not to be asked for long. */
  unanswered(failure: Unanswered, isFinal: boolean): void;
}

/** Remembers the servers of one job, so that one that is down is not waited for once per reference. */
export function createOrigins(): Origins {
  const down = new Map<string, Unanswered>();
  const inRow = new Map<string, number>();
  let isReached = false;
  return {
    givenUp: (origin) => down.get(origin),
    isNetworkGone: () => !isReached && [...down.values()].filter(({ isSilent }) => isSilent).length >= mostSilent,
    answered: (origin) => {
      isReached = true;
      inRow.delete(origin);
    },
    unanswered: (failure, isFinal) => {
      const { origin, isSilent } = failure;
      isReached ||= !isSilent;
      const count = (inRow.get(origin) ?? 0) + 1;
      inRow.set(origin, count);
      if (!down.has(origin) && (isSilent || isFinal || count >= mostUnanswered)) down.set(origin, failure);
    },
  };
}
