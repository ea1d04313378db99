import type { Octokit } from "octokit";
import type { Place } from "./pulls.ts";

/** The reactions that the App uses. */
export type Reaction = "+1" | "-1" | "confused";

/** Adds a reaction to a comment in the conversation of a pull request; nothing changes if the App added it before. */
export async function react(octokit: Octokit, place: Place, comment: number, content: Reaction): Promise<void> {
  await octokit.rest.reactions.createForIssueComment({ ...place, comment_id: comment, content });
}

/**
 * Writes a comment in the conversation of a pull request, unless this App has written one with the same mark since that time
 * (ISO 8601).
 */
export async function commentOnce(
  octokit: Octokit,
  place: Place,
  pull: number,
  comment: { readonly app: string; readonly mark: string; readonly body: string; readonly since: string },
): Promise<void> {
  const { issues } = octokit.rest;
  const asked = { ...place, issue_number: pull, since: comment.since, per_page: 100 };
  const comments = await octokit.paginate(issues.listComments, asked);
  if (comments.some(({ user, body }) => user?.login === comment.app && body?.includes(comment.mark))) return;
  await issues.createComment({ ...place, issue_number: pull, body: `${comment.body}\n\n${comment.mark}` });
}
