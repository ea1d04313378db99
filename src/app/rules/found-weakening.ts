/** What a change would turn off. */
export interface Weakening {
  /** Its predicate: `lowers a/b from deny to warn`. */
  readonly sentence: string;
  /** The keys of the proposed configuration that lead to it; where they are gone, those above tell the place. */
  readonly at: readonly string[];
  /** The policy that it is about; absent: all, or none. */
  readonly policy?: string;
  /** The policies that it is about, by a pattern of their ids, where it is about some. */
  readonly policies?: string;
}
