import type { ListedRepository } from "../../github/app-calls.ts";
import type { Repository } from "../../store/repositories.ts";
import type { Difference } from "./differences.ts";

/**
 * How a repository that an installation lists differs from what is stored about it, if anything is. `since`: when the
 * last comparison began, in milliseconds; 0 if there was none.
 */
export function compareListed(
  known: Repository | undefined,
  listed: ListedRepository,
  installation: number,
  since: number,
): readonly Difference[] {
  if (known === undefined) return listed.archived ? [] : ["repository added"];
  const found: Difference[] = [];
  if (known.installation !== installation) found.push("repository transferred");
  else if (known.owner !== listed.owner || known.name !== listed.name) found.push("repository renamed");
  if (known.defaultBranch !== listed.defaultBranch) found.push("default branch changed");
  // An enrolled repository is looked at by every sweep.
  const pushed = listed.pushedAt === undefined ? 0 : Date.parse(listed.pushedAt);
  if (!known.enrolled && !listed.archived && pushed >= since) found.push("pushed to");
  return found;
}
