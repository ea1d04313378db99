import type { Repository } from "../../store/repositories.ts";

/**
 * Whether what was judged by these policies is a word on a repository as it is now. What was judged before it had rules is
 * none once it is enrolled, even while none of its rules compile.
 */
export function isByRulesInForce(
  policies: string | undefined,
  repository: Pick<Repository, "enrolled" | "policies">,
): boolean {
  return policies !== undefined && policies === (repository.enrolled ? repository.policies : "none");
}
