import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { accountShape } from "../shapes/account.ts";
import { simpleInstallation } from "../shapes/installation.ts";
import { simplePullShape } from "../shapes/pull.ts";
import { repositoryShape } from "../shapes/repository.ts";
import { reviewShape } from "../shapes/review.ts";
import {
  nextId,
  timestamp,
  type Account,
  type PullRequest,
  type Repository,
  type Review,
  type World,
} from "../state.ts";

async function emitReview(
  world: World,
  repository: Repository,
  {
    pull,
    review,
    action,
    sender,
  }: {
    readonly pull: PullRequest;
    readonly review: Review;
    readonly action: "submitted" | "dismissed";
    readonly sender: Account;
  },
): Promise<void> {
  const installation = installationOf(world, repository);
  if (installation === undefined) return;
  const shape = reviewShape(world, repository, pull, review);
  const payload = {
    action,
    // Webhooks write it in lower case.
    review: { ...shape, state: review.state.toLowerCase(), updated_at: review.submittedAt },
    pull_request: await simplePullShape(world, repository, pull),
    repository: repositoryShape(world, repository),
    sender: accountShape(world, sender),
    installation: simpleInstallation(installation),
  };
  emit(world, installation, "pull_request_review", payload, repository);
}

/** A review of a person of the head as it is. */
export async function submitReview(
  world: World,
  repository: Repository,
  pull: PullRequest,
  by: Account,
  state: Review["state"],
): Promise<Review> {
  const submittedAt = timestamp(world.now());
  const review: Review = { id: nextId(world), user: by, body: "", state, commitSha: pull.headSha, submittedAt };
  pull.reviews.push(review);
  await emitReview(world, repository, { pull, review, action: "submitted", sender: by });
  return review;
}

/** Somebody who may write takes the effect of a review away. */
export async function dismissReview(
  world: World,
  repository: Repository,
  pull: PullRequest,
  review: Review,
): Promise<void> {
  review.state = "DISMISSED";
  await emitReview(world, repository, { pull, review, action: "dismissed", sender: repository.owner });
}
