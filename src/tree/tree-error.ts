/** A tree cannot be listed, so nothing in it can be judged. The user can correct the cause. */
export class TreeError extends Error {
  override readonly name = "TreeError";
}
