/** Limits on the cost of reading one file. Exceeding one is a problem, never a crash. */
export interface Budget {
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** UTF-16 units of one document. Kubernetes stores no object above 1.5 MiB. */
  readonly documentLength: number;
  /** Documents in one file. */
  readonly documents: number;
  /** Nesting of one document, with aliases followed. */
  readonly depth: number;
  /** What aliases may add to one document: about one unit for each character, and eight for each node. */
  readonly expansion: number;
}

export const DEFAULT_BUDGET: Budget = {
  fileBytes: 10 * 1024 * 1024,
  documentLength: 3 * 1024 * 1024,
  documents: 10_000,
  depth: 200,
  expansion: 4 * 1024 * 1024,
};
