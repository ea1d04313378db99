import type { LeasedReconciliation } from "../../store/reconciliations.ts";
import type { Differences } from "./differences.ts";

/** How a comparison with GitHub, or a stretch of one, ended. */
export type PartOutcome<Position> =
  | { readonly kind: "done"; readonly differences: Differences }
  /** To go on in so many seconds at `position`, or without one where it was stored last. */
  | { readonly kind: "later"; readonly seconds: number; readonly position?: Position };

/** What a comparison works within. */
export interface Stretch {
  readonly leased: LeasedReconciliation;
  /** Waits between two requests, for as long as work on pull requests needs GitHub. */
  readonly pace: () => Promise<void>;
  /** Whether it is time to go on in another stretch: this one was long, or the server stops. */
  readonly isOver: () => boolean;
}
