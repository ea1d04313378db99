/** What can differ between GitHub and what the App stored. */
export const DIFFERENCES = [
  /** An installation that GitHub does not list any more. */
  "installation gone",
  /** An installation that lacks permissions which the App needs. */
  "permissions lacking",
  /** A repository that the App had not heard of. */
  "repository added",
  /** A repository that no installation lists any more. */
  "repository gone",
  "repository renamed",
  /** A repository that another installation lists by now. */
  "repository transferred",
  "default branch changed",
  /** A repository that is not enrolled and was pushed to since the last comparison. */
  "pushed to",
  /** An open pull request without a verdict of the rules in force. */
  "pull request not judged",
  /** A verdict that GitHub shows and the App did not know. */
  "verdict adopted",
  /** A verdict that the App stored and GitHub does not show. */
  "verdict missing",
  /** A check run that nobody works on. */
  "run left in progress",
  /** A pull request whose closing the App had not heard of. */
  "pull request closed",
  /** A webhook that did not reach the App. */
  "delivery lost",
] as const;

export type Difference = (typeof DIFFERENCES)[number];

/** How many differences of each kind were found; those that are absent were not. */
export type Differences = { readonly [kind in Difference]?: number };

/** Counts differences, from those of an earlier stretch on. */
export function countDifferences(earlier: Differences = {}): {
  readonly add: (kind: Difference, count?: number) => void;
  readonly found: Differences;
} {
  const found: { [kind in Difference]?: number } = { ...earlier };
  return {
    add(kind, count = 1) {
      if (count > 0) found[kind] = (found[kind] ?? 0) + count;
    },
    found,
  };
}
