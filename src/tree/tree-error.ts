/** A tree that cannot be listed: nothing below it can be judged, and a person can mend that. */
export class TreeError extends Error {
  override readonly name = "TreeError";
}
