import type { Account } from "../approvals/people.ts";

/** A comment on the issue about an override. */
export interface IssueComment {
  /** Absent: the account is gone. */
  readonly by?: Account;
  readonly body: string;
}

const SHORTEST = 20;

/** Whether somebody has written what came of an override: a person, more than a word, and no command. */
export function hasFollowUp(comments: readonly IssueComment[]): boolean {
  return comments.some(
    ({ by, body }) => by?.type === "User" && body.trim().length >= SHORTEST && !/^\/\w/.test(body.trim()),
  );
}
