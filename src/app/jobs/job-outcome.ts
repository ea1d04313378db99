import type { Unavailable } from "../../store/unavailable.ts";
import type { Trouble } from "../../store/work.ts";

/** How a job ended. */
export type JobOutcome =
  /** The check is concluded; nothing more to do until a new event. */
  | { readonly kind: "done" }
  /**
   * To be tried again. `because`: what fails, if something does. `held`: it waits for GitHub's limits, and that does not
   * count towards its deadline.
   */
  | {
      readonly kind: "later";
      readonly seconds: number;
      readonly reason: string;
      readonly because?: Trouble["reason"];
      readonly held?: boolean;
    }
  /** The pull request is closed, the merge group no longer exists, or the command is answered. */
  | { readonly kind: "closed" }
  /** Nothing can be done until something changes, which is tried again after growing pauses. */
  | UnavailableOutcome;

/** What is unavailable: the installation, the repository, or the work at one head and base branch. */
export interface UnavailableOutcome extends Trouble {
  readonly kind: "unavailable";
  readonly scope: Unavailable["kind"];
  readonly head?: string;
}

/** What a job ends with that GitHub's limits hold back for so many seconds. Not all come back at the same moment. */
export function heldBack(seconds: number): JobOutcome {
  return { kind: "later", seconds: seconds + Math.random() * 5, reason: "GitHub's rate limit", held: true };
}
