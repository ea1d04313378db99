import { CHECK_NAME } from "../../github/checks.ts";
import type { Repository } from "../../store/repositories.ts";

/** The gated branches of a repository besides its default branch, as far as they are known: undefined until rules were read. */
export function gatesOf(repository: Pick<Repository, "gates" | "enrolled">): readonly string[] | undefined {
  return repository.gates ?? (repository.enrolled ? undefined : []);
}

/**
 * The name of the check of a change into `baseRef`. Every gated branch has a check of its own, since a check belongs to a
 * commit: green earned against one branch must not count for another with the same head. A change into a branch that is
 * not gated is judged as one on its way to the default branch. Where `gates` is undefined, the name is provisional.
 */
export function checkName(baseRef: string, defaultBranch: string, gates: readonly string[] | undefined): string {
  if (baseRef === defaultBranch || gates?.includes(baseRef) === false) return CHECK_NAME;
  return `${CHECK_NAME}: ${baseRef}`;
}
