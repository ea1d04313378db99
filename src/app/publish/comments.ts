import { failureOf } from "../../github/failure.ts";
import type { PullRequest } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { ReviewComment } from "../../github/reviews.ts";
import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import { codeSpan, docsLink, escapeMarkdown } from "../../report/escape-markdown.ts";
import { circumstancesOf } from "../../report/landing.ts";
import { shownLines } from "../mirror/head-lines.ts";
import type { LineMap, LineRange } from "../mirror/hunks.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { Services, UsesStore } from "../services.ts";

const MOST_COMMENTS = 20;
const LONGEST_BODY = 56_000;
const LONGEST_HELP = 4_000;

/** The calls that `postComments` makes. */
export type CommentsCalls = Pick<RepositoryClient, "createReview" | "readMergeBase" | "readReviewComments">;

/** What `postComments` needs. */
export type CommentsServices = UsesStore<"findClaims" | "claimUnposted" | "releaseClaims"> &
  Pick<Services, "checkpoint"> & { readonly log: Pick<Services["log"], "warn"> };

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
}

/**
 * Posts introduced findings as review comments on the head, in one review: those on a line that the diff shows, each
 * once over all pushes of the pull request, at most 20. If GitHub refuses the review, the check still contains the
 * findings.
 */
export async function postComments(services: CommentsServices, request: CommentsRequest): Promise<void> {
  const { pull, report, github } = request;
  const introduced = report.findings.filter(
    (finding) => finding.status === "introduced" && finding.level !== "info" && finding.policy !== "portcullis/rules",
  );
  if (introduced.length === 0) return;
  const place = { owner: pull.repository.owner, repo: pull.repository.name };
  const review = { repository: pull.repository.id, pull: pull.number, head: pull.head };

  const claimedBefore = await services.store.findClaims(review);
  let posted = 0;
  if (claimedBefore.size > 0) {
    // Claimed for this head by an attempt that may have crashed before GitHub received the review.
    const bodies = await github.readReviewComments(place, pull.number);
    const lost = [...claimedBefore].filter((fingerprint) => !bodies.some((body) => body.includes(marker(fingerprint))));
    await services.store.releaseClaims(review, lost);
    posted = claimedBefore.size - lost.length;
  }
  const shown = await hunksOf(request, place);
  if (shown === undefined) return;
  const candidates = new Map<string, ReviewComment>();
  for (const finding of introduced) {
    const { line, exact } = request.lines(finding.location.path, finding.location.line);
    const inHunk = shown.get(finding.location.path)?.some((range) => range.from <= line && line <= range.to) ?? false;
    if (!exact || !inHunk || candidates.has(finding.fingerprint)) continue;
    candidates.set(finding.fingerprint, { path: finding.location.path, line, body: bodyOf(finding) });
  }
  const claimed = await claimUpToLimit(services, review, [...candidates.keys()], MOST_COMMENTS - posted);
  await services.checkpoint("comments claimed");
  if (claimed.size === 0) return;
  const comments = [...candidates].filter(([fingerprint]) => claimed.has(fingerprint)).map(([, comment]) => comment);
  try {
    const body = comments.length === 1 ? "One finding in this change:" : `${comments.length} findings in this change:`;
    await github.createReview(place, { pull: pull.number, head: pull.head, body, comments });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    // A refusal is final for this head; otherwise the next attempt checks which comments exist.
    if (failure.kind !== "refused" && failure.kind !== "gone") throw error;
    services.log.warn({ pull: pull.number, failure }, "GitHub refused review comments");
    await services.store.releaseClaims(review, claimed);
  }
  await services.checkpoint("review posted");
}

async function claimUpToLimit(
  services: UsesStore<"claimUnposted">,
  review: { readonly repository: number; readonly pull: number; readonly head: string },
  fingerprints: readonly string[],
  limit: number,
): Promise<ReadonlySet<string>> {
  const claimed = new Set<string>();
  for (const fingerprint of fingerprints) {
    if (claimed.size >= limit) break;
    for (const one of await services.store.claimUnposted(review, [fingerprint])) claimed.add(one);
  }
  return claimed;
}

async function hunksOf(
  request: CommentsRequest,
  place: { owner: string; repo: string },
): Promise<ReadonlyMap<string, readonly LineRange[]> | undefined> {
  const { mirror, job, pull, github } = request;
  const [head, base] = [await mirror.commit(job, "head"), await mirror.commit(job, "base")];
  if (head === undefined || base === undefined) return undefined;
  if (head.parents.length === 1 && head.parents[0] === base.id) return shownLines(mirror, base.id, head.id);
  const mergeBase = await github.readMergeBase(place, base.id, head.id);
  const outcome = await mirror.fetch(request.remote, job, { shown: mergeBase }, request.signal);
  return outcome.kind === "fetched" ? shownLines(mirror, mergeBase, pull.head) : undefined;
}

function marker(fingerprint: string): string {
  return `<!-- portcullis:${fingerprint} -->`;
}

function bodyOf(finding: Finding): string {
  const docs = finding.docs === undefined ? undefined : docsLink("How to fix it", finding.docs);
  const title = finding.title === undefined ? "" : ` ${escapeMarkdown(finding.title)}`;
  const circumstances = circumstancesOf(finding).join("; ");
  return [
    `**${finding.level === "deny" ? "Blocks" : "Warning"}** · ${codeSpan(finding.policy)}${title}`,
    escapeMarkdown(finding.message).slice(0, LONGEST_BODY),
    ...(circumstances === "" ? [] : [escapeMarkdown(circumstances).slice(0, LONGEST_HELP)]),
    ...(finding.description === undefined ? [] : [escapeMarkdown(finding.description).slice(0, LONGEST_HELP)]),
    ...(docs === undefined ? [] : [docs]),
    marker(finding.fingerprint),
  ].join("\n\n");
}
