import type { CommitCheck, HistoryEnd, RollbackCommit } from "../../model/rollback.ts";
import { inert } from "../inert-text.ts";
import type { Page } from "../pretty-page.ts";

/** `4f2c1a9b03de  2027-03-04 10:12  Raise web to 1.5.0 (Ann Lee)`. */
export function commitLine({ commit, date, author, subject }: RollbackCommit): string {
  return `${commit.slice(0, 12)}  ${timeOf(date)}  ${inert(subject)} (${inert(author)})`;
}

/** What the gate said, in a few words. */
export function checkText(check: CommitCheck, { paint }: Pick<Page, "paint">): string {
  switch (check.state) {
    case "passed":
      return paint.green("passed");
    case "failed":
      return paint.red("not passed");
    case "unknown":
      return `not known: ${inert(check.reason)}`;
    default:
      return check satisfies never;
  }
}

/** Why there are no more states, where that is not what was asked for; undefined where it is. */
export function endText(end: HistoryEnd): string | undefined {
  switch (end) {
    case "limit":
      return undefined;
    case "began":
      return "no earlier state: it began here";
    case "commits":
      return "earlier commits were not looked at (--commits)";
    case "shallow":
      return "earlier commits are not in this shallow clone (git fetch --unshallow)";
    default:
      return end satisfies never;
  }
}

/** The environment as people call it. */
export function environmentText(environment: string | undefined): string {
  return environment === undefined ? "(no environment)" : inert(environment);
}

/** In the time zone of the committer, to the minute. */
function timeOf(date: string): string {
  return inert(date.slice(0, 16).replace("T", " "));
}
