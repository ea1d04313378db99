import { failureOf } from "../../github/failure.ts";
import type { Place, PullRequest } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { ReviewComment } from "../../github/reviews.ts";
import { REVIEW_TEXT } from "../../report/review-comment.ts";
import type { Services } from "../services.ts";

/** The calls that `postReview` makes. */
export type ReviewCalls = Pick<RepositoryClient, "createReview">;

interface Logs {
  readonly log: Pick<Services["log"], "warn">;
}

/** More refusals than a few bad comments among 20 explain are about something else. */
const MOST_REFUSALS = 20;

/**
 * Posts comments as a review of the head. If GitHub refuses it, which it does because of a single comment, each half is
 * posted as a review of its own. Returns the comments that are not posted.
 */
export async function postReview(
  services: Logs,
  github: ReviewCalls,
  place: Place,
  pull: PullRequest,
  comments: readonly ReviewComment[],
): Promise<readonly ReviewComment[]> {
  const refused: ReviewComment[] = [];
  let refusals = 0;
  const waiting = comments.length === 0 ? [] : [comments];
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    const of = part;
    if (refusals >= MOST_REFUSALS) {
      refused.push(...of);
      continue;
    }
    const refusal = await tolerate(services, pull, () =>
      github.createReview(place, { pull: pull.number, head: pull.head, body: REVIEW_TEXT, comments: of }),
    );
    if (refusal === undefined) continue;
    refusals = refusal === "gone" ? MOST_REFUSALS : refusals + 1;
    const half = Math.ceil(of.length / 2);
    if (of.length === 1) refused.push(...of);
    else waiting.unshift(of.slice(0, half), of.slice(half));
  }
  return refused;
}

/**
 * Makes a request that GitHub may refuse, and says whether it did: for what it holds, or because its object or the
 * permission is gone. Rejects where another attempt may succeed.
 */
export async function tolerate(
  services: Logs,
  pull: PullRequest,
  request: () => Promise<void>,
): Promise<"refused" | "gone" | undefined> {
  try {
    await request();
    return undefined;
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.kind !== "refused" && failure?.kind !== "gone") throw error;
    services.log.warn({ pull: pull.number, failure }, "GitHub refused a review comment");
    return failure.kind === "refused" && failure.status === 422 ? "refused" : "gone";
  }
}
