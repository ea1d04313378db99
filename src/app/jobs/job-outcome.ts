/** How a job ended. */
export type JobOutcome =
  /** The check is concluded; nothing more to do until a new event. */
  | { readonly kind: "done" }
  | { readonly kind: "later"; readonly seconds: number; readonly reason: string }
  /** The pull request is closed, or the merge group no longer exists. */
  | { readonly kind: "closed" };
