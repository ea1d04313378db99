import type { PullRequest } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { ReviewComment } from "../../github/reviews.ts";
import type { Config } from "../../model/config.ts";
import type { Report } from "../../model/report.ts";
import { fingerprintsIn } from "../../report/review-comment.ts";
import type { Remote } from "../../tree/git-environment.ts";
import { shownLines } from "../mirror/head-lines.ts";
import type { LineMap, LineRange } from "../mirror/hunks.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { Services, UsesStore } from "../services.ts";
import { commentable, commentOn, placesOf, type CommentPlace } from "./comment-places.ts";
import { postReview, tolerate, type ReviewCalls } from "./post-review.ts";
import { tidyComments, type OwnComment, type TidyCalls } from "./tidy-comments.ts";

const MOST_COMMENTS = 20;

/** The calls that `postComments` makes. */
export type CommentsCalls = TidyCalls & ReviewCalls & Pick<RepositoryClient, "readMergeBase" | "readReviewComments">;

/** What `postComments` needs. */
export type CommentsServices = UsesStore<"findClaims" | "claimUnposted" | "moveClaims" | "releaseClaims"> &
  Pick<Services, "checkpoint" | "ownLogin"> & { readonly log: Pick<Services["log"], "warn"> };

/** What to post. The lines of the report are those of the judged tree; `lines` maps them to the head. */
export interface CommentsRequest {
  readonly github: CommentsCalls;
  readonly mirror: Pick<Mirror, "commit" | "fetch" | "read">;
  readonly remote: Remote;
  readonly job: string;
  readonly signal: AbortSignal;
  readonly pull: PullRequest;
  readonly report: Report;
  readonly lines: LineMap;
  /** `on`: what blocks; `all`: what warns too. */
  readonly comments: Exclude<Config["comments"], "off">;
  readonly block: Config["block"];
}

/**
 * Makes the review comments those that the findings on the head ask for: on each line that the diff shows and that has
 * such a finding one comment, at most 20 new ones in one review of a head, none twice over all pushes. What is fixed or
 * has moved is tidied first. A comment that GitHub refuses does not keep it from the others, and the check has all findings.
 */
export async function postComments(services: CommentsServices, request: CommentsRequest): Promise<void> {
  const { pull, github } = request;
  const wanted = commentable(request);
  const review = { repository: pull.repository.id, pull: pull.number, head: pull.head };
  const claims = new Map(await services.store.findClaims(review));
  if (wanted.size === 0 && claims.size === 0) return;
  const place = { owner: pull.repository.owner, repo: pull.repository.name };
  const all = claims.size === 0 ? [] : await github.readReviewComments(place, pull.number);
  const posted = all.length === 0 ? [] : ownComments(all, claims, await services.ownLogin());
  const claimedNow = posted.filter(({ fingerprints }) => fingerprints.some((one) => claims.get(one) === pull.head));

  let hunks: Promise<Shown | undefined> | undefined;
  const shown = () => (hunks ??= hunksOf(request, place));
  const live = await tidyComments(services, { ...request, place, review, wanted, claims, posted, all, shown });
  await services.checkpoint("comments tidied");

  const open = [...wanted.values()].filter(({ fingerprint }) => !claims.has(fingerprint));
  const ranges = open.length === 0 ? undefined : await shown();
  if (ranges === undefined) return;
  const candidates = placesOf(open, request.lines, ranges);
  const claimed = await claimUpToLimit(services, review, candidates, MOST_COMMENTS - claimedNow.length);
  await services.checkpoint("comments claimed");
  const unposted: ReviewComment[] = [];
  const refused: ReviewComment[] = [];
  for (const one of claimed) {
    const beside = live.find(({ comment }) => comment.path === one.path && comment.line === one.line);
    if (beside === undefined) {
      unposted.push(commentOn(one, request));
      continue;
    }
    const { body } = commentOn({ ...one, findings: [...beside.findings, ...one.findings] }, request);
    const refusal = await tolerate(services, pull, () => github.updateReviewComment(place, beside.comment.id, body));
    if (refusal !== undefined) refused.push(commentOn(one, request));
  }
  refused.push(...(await postReview(services, github, place, pull, unposted)));
  if (refused.length > 0)
    await services.store.releaseClaims(
      review,
      refused.flatMap(({ body }) => fingerprintsIn(body)),
    );
  await services.checkpoint("review posted");
}

type Shown = ReadonlyMap<string, readonly LineRange[]>;

/** The comments that this App wrote about findings that were claimed. Others may quote its marks. */
function ownComments(
  comments: Awaited<ReturnType<CommentsCalls["readReviewComments"]>>,
  claims: ReadonlyMap<string, string>,
  login: string,
): readonly OwnComment[] {
  return comments.flatMap((comment) => {
    const isOwn = comment.app?.toLowerCase() === login.toLowerCase();
    const fingerprints = isOwn ? fingerprintsIn(comment.body).filter((one) => claims.has(one)) : [];
    if (fingerprints.length === 0) return [];
    const isAnswered = comments.some(({ inReplyTo }) => inReplyTo === comment.id);
    return [{ ...comment, fingerprints, isAnswered }];
  });
}

async function claimUpToLimit(
  services: UsesStore<"claimUnposted">,
  review: { readonly repository: number; readonly pull: number; readonly head: string },
  places: readonly CommentPlace[],
  limit: number,
): Promise<readonly CommentPlace[]> {
  const claimed: CommentPlace[] = [];
  for (const place of places) {
    if (claimed.length >= limit) break;
    const of = place.findings.map(({ fingerprint }) => fingerprint);
    const free = await services.store.claimUnposted(review, of);
    const findings = place.findings.filter(({ fingerprint }) => free.has(fingerprint));
    if (findings.length > 0) claimed.push({ ...place, findings });
  }
  return claimed;
}

async function hunksOf(request: CommentsRequest, place: { owner: string; repo: string }): Promise<Shown | undefined> {
  const { mirror, job, pull, github } = request;
  const [head, base] = [await mirror.commit(job, "head"), await mirror.commit(job, "base")];
  if (head === undefined || base === undefined) return undefined;
  if (head.parents.length === 1 && head.parents[0] === base.id) return shownLines(mirror, base.id, head.id);
  const mergeBase = await github.readMergeBase(place, base.id, head.id);
  const outcome = await mirror.fetch(request.remote, job, { shown: mergeBase }, request.signal);
  return outcome.kind === "fetched" ? shownLines(mirror, mergeBase, pull.head) : undefined;
}
