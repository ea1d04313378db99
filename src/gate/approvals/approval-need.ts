/** Something in a change that an owner must approve. */
export interface ApprovalNeed {
  /** The predicate of a sentence about the change: `lowers a/b from deny to warn`. */
  readonly what: string;
  /** The same for the same thing in another change, such as a merge group that holds this one. */
  readonly key: string;
  /** Where the change does it: a file of the tree after, or one that it removes. */
  readonly path: string;
  readonly line: number;
  /** People (`@login`) and teams (`@org/team`), one of whom must approve; empty: the administrators of the repository. */
  readonly owners: readonly string[];
}

/** The owners as people read them: `@acme/security or @alice`. */
export function ownersText(owners: readonly string[]): string {
  return owners.length === 0 ? "an administrator of the repository" : owners.join(" or ");
}
