import {
  invalid,
  notFound,
  ok,
  page,
  refuse,
  type AskedOfRepository,
  type Answer,
  type Routes,
  textOf,
} from "../answer.ts";
import { diffFiles, findLine, lineLater, type DiffFile, type DiffPlace } from "../diff.ts";
import { tryGit } from "../git/run.ts";
import { accountShape, nodeId } from "../shapes/account.ts";
import { associationOf, pullUrl } from "../shapes/pull.ts";
import { reviewShape } from "../shapes/review.ts";
import { htmlUrl, repositoryUrl } from "../shapes/repository.ts";
import { nextId, timestamp, type PullRequest, type Review, type ReviewComment } from "../state.ts";
import type { Json, JsonObject } from "../json.ts";
import { askingAccount, findPull } from "./pulls.ts";

interface CommentBody {
  readonly path: string;
  readonly body: string;
  readonly line?: number;
  readonly side?: "LEFT" | "RIGHT";
  readonly start_line?: number;
  readonly start_side?: "LEFT" | "RIGHT";
  readonly position?: number;
}

type Placed = Pick<ReviewComment, "path" | "line" | "side" | "position" | "diffHunk" | "body"> &
  Partial<Pick<ReviewComment, "startLine" | "startSide">>;

const LONGEST_BODY = 65_536;

/** Finds the place of a comment in the diff, or says why GitHub would not take it. */
function place(files: readonly DiffFile[], comment: CommentBody): Placed | string {
  if (comment.body.length > LONGEST_BODY) return "Body is too long (maximum is 65536 characters)";
  if (comment.body.trim() === "") return "Body can't be blank";
  const patch = files.find((file) => file.path === comment.path)?.patch;
  if (patch === undefined) return "Path could not be resolved";
  const side = comment.side ?? "RIGHT";
  if (comment.line === undefined) return "Line could not be resolved";
  const end = findLine(patch, comment.line, side);
  if (end === undefined) return "Line could not be resolved";
  const placed = {
    path: comment.path,
    line: comment.line,
    side,
    position: end.position,
    diffHunk: end.hunk,
    body: comment.body,
  };
  if (comment.start_line === undefined) return placed;
  const startSide = comment.start_side ?? side;
  const start = findLine(patch, comment.start_line, startSide);
  if (start === undefined || start.number !== end.number || start.position >= end.position)
    return "Start line must precede the end line in the same hunk";
  return { ...placed, startLine: comment.start_line, startSide };
}

function addReview(
  asked: AskedOfRepository,
  pull: PullRequest,
  body: string,
  state: Review["state"],
  placed: readonly Placed[],
): Review {
  const { world } = asked;
  const at = timestamp(world.now());
  const user = askingAccount(asked);
  const review: Review = { id: nextId(world), user, body, state, commitSha: pull.headSha, submittedAt: at };
  pull.reviews.push(review);
  for (const comment of placed) {
    pull.reviewComments.push({
      ...comment,
      id: nextId(world),
      reviewId: review.id,
      user,
      commitSha: pull.headSha,
      createdAt: at,
    });
  }
  return review;
}

/** Where a comment stands in the difference as it is now; nothing where it is outdated. */
async function placeNow(
  { repository }: AskedOfRepository,
  pull: PullRequest,
  { path, line, side, commitSha }: ReviewComment,
): Promise<(DiffPlace & { readonly line: number }) | undefined> {
  const now = side === "LEFT" ? line : await lineLater(repository, { path, line, from: commitSha, to: pull.headSha });
  if (now === undefined) return undefined;
  const files = await diffFiles(repository, `refs/heads/${pull.base}`, pull.headSha);
  const place = findLine(files.find((file) => file.path === path)?.patch ?? "", now, side);
  return place === undefined ? undefined : { ...place, line: now };
}

async function commentShape(asked: AskedOfRepository, pull: PullRequest, comment: ReviewComment): Promise<JsonObject> {
  const { world, repository } = asked;
  const url = `${repositoryUrl(world, repository)}/pulls/comments/${comment.id}`;
  const html = `${htmlUrl(world, repository)}/pull/${pull.number}#discussion_r${comment.id}`;
  const pullLink = pullUrl(world, repository, pull);
  const now = await placeNow(asked, pull, comment);
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId("PRRC", comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    original_position: comment.position,
    commit_id: comment.commitSha,
    original_commit_id: comment.commitSha,
    user: accountShape(world, comment.user),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    html_url: html,
    pull_request_url: pullLink,
    author_association: associationOf(repository, comment.user.login),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullLink } },
    ...(comment.inReplyTo !== undefined && { in_reply_to_id: comment.inReplyTo }),
    ...(now !== undefined && { line: now.line, position: now.position }),
    original_line: comment.line,
    side: comment.side,
    start_line: comment.startLine ?? null,
    original_start_line: comment.startLine ?? null,
    start_side: comment.startSide ?? null,
    subject_type: "line",
  };
}

const STATES = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

async function isReachable(asked: AskedOfRepository, pull: PullRequest, commit: unknown): Promise<boolean> {
  if (commit === undefined || commit === pull.headSha) return true;
  if (typeof commit !== "string" || !/^[0-9a-f]{40}$/.test(commit)) return false;
  return (await tryGit(asked.repository.directory, ["merge-base", "--is-ancestor", commit, pull.headSha])).code === 0;
}

/** All or nothing: one comment beside a hunk and no review is made. */
async function createReview(asked: AskedOfRepository): Promise<Answer> {
  const pull = findPull(asked);
  if (pull === undefined) return notFound();
  const {
    event,
    body = "",
    comments = [],
    commit_id,
  } = asked.body as unknown as {
    readonly event?: keyof typeof STATES;
    readonly body?: string;
    readonly comments?: readonly CommentBody[];
    readonly commit_id?: string;
  };
  if (event === undefined)
    return refuse(422, "Unprocessable Entity", {
      errors: ["The simulated GitHub keeps no pending reviews: give an event"],
    });
  if (event !== "APPROVE" && body.trim() === "")
    return refuse(422, "Unprocessable Entity", { errors: ["Body can't be blank"] });
  if (body.length > LONGEST_BODY)
    return refuse(422, "Unprocessable Entity", { errors: ["Body is too long (maximum is 65536 characters)"] });
  if (!(await isReachable(asked, pull, commit_id)))
    return refuse(422, "Unprocessable Entity", { errors: ["Commit could not be resolved"] });
  const files = await diffFiles(asked.repository, `refs/heads/${pull.base}`, pull.headSha);
  const placed = comments.map((comment) => place(files, comment));
  const errors = placed.filter((outcome) => typeof outcome === "string");
  if (errors.length > 0) return refuse(422, "Unprocessable Entity", { errors: [...new Set(errors)] });
  const review = addReview(
    asked,
    pull,
    body,
    STATES[event],
    placed.filter((outcome) => typeof outcome !== "string"),
  );
  return ok(reviewShape(asked.world, asked.repository, pull, review));
}

async function createComment(asked: AskedOfRepository): Promise<Answer> {
  const pull = findPull(asked);
  if (pull === undefined) return notFound();
  const body = asked.body as unknown as CommentBody & { readonly commit_id?: string };
  if (!(await isReachable(asked, pull, body.commit_id)))
    return invalid("PullRequestReviewComment", "commit_id", "commit_id is not part of the pull request");
  const files = await diffFiles(asked.repository, `refs/heads/${pull.base}`, pull.headSha);
  const placed = place(files, body);
  if (typeof placed === "string") {
    const field = placed.startsWith("Path") ? "path" : "line";
    const message = field === "line" ? "pull_request_review_thread.line must be part of the diff" : placed;
    return invalid("PullRequestReviewComment", `pull_request_review_thread.${field}`, message);
  }
  addReview(asked, pull, "", "COMMENTED", [placed]);
  const made = pull.reviewComments.at(-1);
  return made === undefined ? notFound() : ok(await commentShape(asked, pull, made), 201);
}

const listOf =
  (shapes: (asked: AskedOfRepository, pull: PullRequest) => readonly (Json | Promise<Json>)[]) =>
  async (asked: AskedOfRepository): Promise<Answer> => {
    const pull = findPull(asked);
    return pull === undefined
      ? notFound()
      : page(asked, await Promise.all(shapes(asked, pull).map(async (shape) => shape)));
  };

function withComment(
  asked: AskedOfRepository,
  act: (pull: PullRequest, comment: ReviewComment) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  for (const pull of asked.repository.pulls) {
    const comment = pull.reviewComments.find((candidate) => candidate.id === Number(asked.path["comment_id"]));
    if (comment !== undefined) return act(pull, comment);
  }
  return notFound();
}

export const reviewRoutes: Routes = {
  "pulls/create-review": { needs: ["pull_requests", "write"], ofRepository: createReview },
  "pulls/create-review-comment": { needs: ["pull_requests", "write"], ofRepository: createComment },
  "pulls/update-review": {
    needs: ["pull_requests", "write"],
    ofRepository: (asked) => {
      const pull = findPull(asked);
      const review = pull?.reviews.find(({ id }) => id === Number(asked.path["review_id"]));
      if (pull === undefined || review === undefined) return notFound();
      const body = textOf(asked.body, "body");
      if (body.trim() === "" || body.length > LONGEST_BODY)
        return refuse(422, "Unprocessable Entity", { errors: ["Body is blank or too long"] });
      review.body = body;
      return ok(reviewShape(asked.world, asked.repository, pull, review));
    },
  },
  "pulls/list-reviews": {
    needs: ["pull_requests", "read"],
    ofRepository: listOf((asked, pull) =>
      pull.reviews.map((review) => reviewShape(asked.world, asked.repository, pull, review)),
    ),
  },
  "pulls/list-review-comments": {
    needs: ["pull_requests", "read"],
    ofRepository: listOf((asked, pull) => pull.reviewComments.map((comment) => commentShape(asked, pull, comment))),
  },
  "pulls/list-comments-for-review": {
    needs: ["pull_requests", "read"],
    ofRepository: listOf((asked, pull) =>
      pull.reviewComments
        .filter((comment) => comment.reviewId === Number(asked.path["review_id"]))
        .map((comment) => commentShape(asked, pull, comment)),
    ),
  },
  "pulls/get-review-comment": {
    needs: ["pull_requests", "read"],
    ofRepository: (asked) => withComment(asked, async (pull, comment) => ok(await commentShape(asked, pull, comment))),
  },
  "pulls/update-review-comment": {
    needs: ["pull_requests", "write"],
    ofRepository: (asked) =>
      withComment(asked, async (pull, comment) => {
        const body = textOf(asked.body, "body");
        if (body.trim() === "" || body.length > LONGEST_BODY)
          return invalid("PullRequestReviewComment", "body", "body is blank or too long");
        comment.body = body;
        return ok(await commentShape(asked, pull, comment));
      }),
  },
  "pulls/delete-review-comment": {
    needs: ["pull_requests", "write"],
    ofRepository: (asked) =>
      withComment(asked, (pull, comment) => {
        pull.reviewComments.splice(pull.reviewComments.indexOf(comment), 1);
        return { status: 204 };
      }),
  },
};
