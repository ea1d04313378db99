import type { RemoteOutcome, RemoteReference, Remotes } from "../../model/remotes.ts";
import type { Unanswered } from "./protocol.ts";

/** Remotes that a judgement uses, and the same for work after it that must not ask for anything else. */
export interface ReplayedRemotes {
  readonly remotes: Remotes;
  /** Answers what was asked of `remotes` as it was answered, and refuses everything else. */
  readonly replay: Remotes;
  /** Which servers did not answer. */
  unanswered(): Promise<readonly Unanswered[]>;
}

/**
 * Records what a judgement fetches. Work that judges the head without the tree before, or by rules that the head
 * proposes, is not told what may be fetched: it gets no more than the judgement itself did.
 */
export function replayedRemotes(remotes: Remotes): ReplayedRemotes {
  const answered = new Map<string, Promise<RemoteOutcome>>();
  const keyOf = (reference: RemoteReference): string => JSON.stringify(reference);
  return {
    remotes: {
      ...remotes,
      fetch(reference) {
        const outcome = remotes.fetch(reference);
        answered.set(keyOf(reference), outcome);
        return outcome;
      },
    },
    replay: {
      fetch: (reference) =>
        answered.get(keyOf(reference)) ??
        Promise.resolve({ kind: "refused", message: "it is fetched only by a judgement that compares" }),
    },
    unanswered: async () => {
      const outcomes = await Promise.all(answered.values());
      return outcomes.flatMap((outcome) =>
        outcome.kind === "unanswered" ? [{ message: outcome.message, after: outcome.after ?? 0 }] : [],
      );
    },
  };
}
