import type { Json, Pointer } from "./json.ts";

/** Where the pointers of a fix start: the whole object, its pod spec, the container that the finding is about, or the value at the finding's place. */
export type FixPlace = "object" | "pod" | "container" | "value";

/** How a policy says that its findings are fixed: `custom.fix` of its METADATA. It is offered only where a second judgement confirms it. */
export interface DeclaredFix {
  readonly in: FixPlace;
  /** Values by JSON Pointer (RFC 6901); what is missing on the way is made. */
  readonly set?: { readonly [pointer: Pointer]: Json };
  /** Items that a list must have, by the list's pointer; those that it lacks are added at its end. */
  readonly add?: { readonly [pointer: Pointer]: readonly Json[] };
  /** Values to remove where they exist. */
  readonly remove?: readonly Pointer[];
}
