import type { Place, PullRequest } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { PostedComment } from "../../github/reviews.ts";
import type { Config } from "../../model/config.ts";
import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import { endedComment, endedReview } from "../../report/review-comment.ts";
import type { LineMap, LineRange } from "../mirror/hunks.ts";
import type { Services, UsesStore } from "../services.ts";
import { commentOn, placesOf } from "./comment-places.ts";
import { tolerate } from "./post-review.ts";

/** A comment of this App, with the findings that it is about. */
export interface OwnComment extends PostedComment {
  readonly fingerprints: readonly string[];
  readonly isAnswered: boolean;
}

/** The calls that `tidyComments` makes. */
export type TidyCalls = Pick<RepositoryClient, "deleteReviewComment" | "updateReview" | "updateReviewComment">;

/** What `tidyComments` needs. */
export type TidyServices = UsesStore<"moveClaims" | "releaseClaims"> & {
  readonly log: Pick<Services["log"], "warn">;
} & Pick<Services, "checkpoint">;

/** The comments that are there, and the findings that ask for one. */
export interface TidyRequest {
  readonly github: TidyCalls;
  readonly place: Place;
  readonly pull: PullRequest;
  readonly review: { readonly repository: number; readonly pull: number; readonly head: string };
  readonly report: Report;
  readonly comments: Exclude<Config["comments"], "off">;
  readonly block: Config["block"];
  readonly lines: LineMap;
  readonly wanted: ReadonlyMap<string, Finding>;
  /** By fingerprint, with the head that it was claimed for. Claims that are released are removed from it. */
  readonly claims: Map<string, string>;
  readonly posted: readonly OwnComment[];
  /** All comments on the pull request, also those of people. */
  readonly all: readonly PostedComment[];
  readonly shown: () => Promise<ReadonlyMap<string, readonly LineRange[]> | undefined>;
}

/** A comment that stays as it is or was edited, with the findings that it is about. */
export interface LiveComment {
  readonly comment: OwnComment;
  readonly findings: readonly Finding[];
}

/**
 * Tidies the comments of this App: one whose findings are gone is deleted, or told to be over if people answered it; one
 * of whose findings some are gone is edited; one whose line the head no longer has is deleted, so that it is posted
 * anew on the line as it is now. While something could not be judged, nothing counts as gone. Returns what is left.
 *
 * A claim is moved to this head before its comment is deleted: whatever a crash leaves, the next attempt finds a claim of
 * this head without a comment, and releases it.
 */
export async function tidyComments(services: TidyServices, request: TidyRequest): Promise<readonly LiveComment[]> {
  const { claims, github, place, posted, pull, report, review, wanted } = request;
  const isComplete = !report.problems.some(({ status }) => status === "introduced");
  const release = async (fingerprints: readonly string[]): Promise<void> => {
    if (fingerprints.length === 0) return;
    await services.store.releaseClaims(review, fingerprints);
    for (const one of fingerprints) claims.delete(one);
  };
  const there = new Set(posted.flatMap(({ fingerprints }) => fingerprints));
  const isLost = (fingerprint: string, head: string) =>
    !there.has(fingerprint) && (head === pull.head || (isComplete && !wanted.has(fingerprint)));
  await release([...claims].flatMap(([fingerprint, head]) => (isLost(fingerprint, head) ? [fingerprint] : [])));

  const live: LiveComment[] = [];
  const deleted = new Set<OwnComment>();
  const remove = async (comment: OwnComment): Promise<void> => {
    await services.store.moveClaims(review, comment.fingerprints);
    await tolerate(services, pull, () => github.deleteReviewComment(place, comment.id));
    await services.checkpoint("comment deleted");
    deleted.add(comment);
  };
  for (const comment of posted) {
    const findings = comment.fingerprints.flatMap((one) => wanted.get(one) ?? []);
    const gone = isComplete ? comment.fingerprints.filter((one) => !wanted.has(one)) : [];
    if (findings.length === 0 && gone.length > 0) {
      await (comment.isAnswered ? end(services, request, comment) : remove(comment));
      await release(comment.fingerprints);
    } else if (await hasMoved(request, comment, findings)) {
      await remove(comment);
      await release(comment.fingerprints);
    } else {
      if (gone.length > 0) await edit(services, request, comment, findings);
      await release(gone);
      live.push({ comment, findings });
    }
  }
  await endReviews(services, request, deleted);
  return live;
}

/** Whether the head no longer has the line of a comment that nobody answered, and shows all its findings elsewhere. */
async function hasMoved(
  { lines, shown }: TidyRequest,
  { isAnswered, line }: OwnComment,
  findings: readonly Finding[],
): Promise<boolean> {
  if (line !== undefined || isAnswered || findings.length === 0) return false;
  const ranges = await shown();
  if (ranges === undefined) return false;
  return placesOf(findings, lines, ranges).reduce((sum, one) => sum + one.findings.length, 0) === findings.length;
}

async function end(services: TidyServices, request: TidyRequest, comment: OwnComment): Promise<void> {
  const { github, place, pull, report } = request;
  const standing = new Set(report.findings.flatMap((one) => (one.status === "fixed" ? [] : [one.fingerprint])));
  const how = comment.fingerprints.some((one) => standing.has(one)) ? "no longer blocks" : "fixed";
  const body = endedComment(how, pull.head, comment.body);
  await tolerate(services, pull, () => github.updateReviewComment(place, comment.id, body));
}

async function edit(
  services: TidyServices,
  request: TidyRequest,
  { id, path, line = 0 }: OwnComment,
  findings: readonly Finding[],
): Promise<void> {
  const { body } = commentOn({ path, line, findings }, request);
  await tolerate(services, request.pull, () => request.github.updateReviewComment(request.place, id, body));
}

/** A review whose comments are all deleted keeps a text of its own, which is then about nothing. */
async function endReviews(
  services: TidyServices,
  { all, github, place, pull }: TidyRequest,
  deleted: ReadonlySet<OwnComment>,
): Promise<void> {
  const gone = new Set([...deleted].map(({ id }) => id));
  for (const of of new Set([...deleted].flatMap(({ review }) => review ?? []))) {
    if (all.some(({ id, review }) => review === of && !gone.has(id))) continue;
    await tolerate(services, pull, () => github.updateReview(place, pull.number, of, endedReview(pull.head)));
  }
}
