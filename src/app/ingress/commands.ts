import { failureOf } from "../../github/failure.ts";
import type { Place } from "../../github/pulls.ts";
import type { Reaction } from "../../github/reactions.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";

/** What a comment asks the gate to do; `unknown` for a command that does not exist. */
export type Command = "recheck" | "unknown";

/** What became of a command. */
export type Answer = "accepted" | "refused" | "not understood";

/**
 * The command in a comment; undefined if it is none. A command is alone in its comment, so that one that quotes another
 * asks for nothing.
 */
export function commandIn(comment: string): Command | undefined {
  const text = comment.trim();
  if (!/^\/portcullis(?:\s|$)/i.test(text)) return undefined;
  return /^\/portcullis\s+recheck$/.test(text) ? "recheck" : "unknown";
}

const REACTIONS: { readonly [answer in Answer]: Reaction } = {
  accepted: "+1",
  refused: "-1",
  "not understood": "confused",
};

/**
 * Answers a comment with a reaction. GitHub keeps one of a kind from each account, so a delivery that comes again adds
 * none, and it sends no event for a reaction, so two bots cannot answer each other for ever.
 */
export async function answerComment(
  github: Pick<RepositoryClient, "react">,
  place: Place,
  comment: number,
  answer: Answer,
): Promise<void> {
  try {
    await github.react(place, comment, REACTIONS[answer]);
  } catch (error) {
    // The command was carried out; that its answer is missing is logged with GitHub's reason, and no cause to repeat it.
    if (failureOf(error) === undefined) throw error;
  }
}
