/** How a job ended. */
export type JobOutcome =
  /** All is said; nothing is to be done until a new event. */
  | { readonly kind: "done" }
  | { readonly kind: "later"; readonly seconds: number; readonly reason: string }
  /** The pull request is closed, or the group is gone. */
  | { readonly kind: "closed" };
