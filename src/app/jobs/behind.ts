import { failureOf } from "../../github/failure.ts";
import type { Place, PullRequest } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { AnnouncedPull } from "../../store/work.ts";
import type { JobOutcome } from "./job-outcome.ts";

/** How long a job reads again what is older than its webhook announced. Then it takes what there is. Milliseconds. */
const PATIENCE = 60_000;

/** The pause before GitHub is read again, whose replicas lag by seconds; undefined once that has gone on for long. */
export function waitForReplica(age: number): Extract<JobOutcome, { readonly kind: "later" }> | undefined {
  if (age >= PATIENCE) return undefined;
  return { kind: "later", seconds: Math.max(1, age / 5_000), reason: "GitHub answers with an older state" };
}

/** Whether a pull request was read as it was before the state that a webhook announced. Times are in seconds: of one second, the head and the base tell. */
export function isPullBehind(
  pull: Pick<PullRequest, "updatedAt" | "head" | "baseRef" | "below">,
  { updatedAt, head = pull.head, baseRef = pull.below ?? pull.baseRef }: AnnouncedPull,
): boolean {
  if (updatedAt === undefined) return false;
  const age = Date.parse(updatedAt) - Date.parse(pull.updatedAt);
  return age > 0 || (age === 0 && (pull.head !== head || (pull.below ?? pull.baseRef) !== baseRef));
}

/** Whether the tip of a branch was read as it was before the push of `announced`. */
export async function isTipBehind(
  github: Pick<RepositoryClient, "readMergeBase">,
  place: Place,
  tip: string,
  announced: string | undefined,
): Promise<boolean> {
  if (announced === undefined || tip === announced) return false;
  try {
    return (await github.readMergeBase(place, announced, tip)) !== announced;
  } catch (error) {
    // This replica has not heard of the commit yet.
    if (failureOf(error)?.kind === "gone") return true;
    throw error;
  }
}
