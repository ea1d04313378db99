import { isGated } from "../../gate/gated-branches.ts";
import { CHECK_NAME } from "../../github/checks.ts";
import type { Gate, Repository } from "../../store/repositories.ts";

/** What a repository gates besides its default branch, as far as it is known: undefined until rules were read. */
export function gatesOf(repository: Pick<Repository, "gates" | "enrolled">): readonly Gate[] | undefined {
  return repository.gates ?? (repository.enrolled ? undefined : []);
}

/**
 * The name of the check of a change into `baseRef`. Every gated branch has a check of its own, since a check belongs to a
 * commit: green earned against one branch must not count for another with the same head. A change into a branch that is
 * not gated is judged as one on its way to the default branch. Where `gates` is undefined, the name is provisional.
 */
export function checkName(baseRef: string, defaultBranch: string, gates: readonly Gate[] | undefined): string {
  if (baseRef === defaultBranch || (gates !== undefined && !isGated(baseRef, defaultBranch, gates))) return CHECK_NAME;
  const own = gates?.find(({ branch, check }) => check !== undefined && branch === baseRef);
  return own?.check ?? `${CHECK_NAME}: ${baseRef}`;
}
