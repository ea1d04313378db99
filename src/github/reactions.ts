import type { Octokit } from "octokit";
import type { Place } from "./pulls.ts";

/** The reactions that the App uses. */
export type Reaction = "+1" | "-1" | "confused";

/** Adds a reaction to a comment in the conversation of a pull request; nothing changes if the App added it before. */
export async function react(octokit: Octokit, place: Place, comment: number, content: Reaction): Promise<void> {
  await octokit.rest.reactions.createForIssueComment({ ...place, comment_id: comment, content });
}
