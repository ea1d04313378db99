/** The name of a repository on GitHub. `id` survives renames and transfers. */
export interface RepositoryName {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

/** A pull request as the newest webhook about it had it; empty if none told of it. */
export interface AnnouncedPull {
  /** When it was changed: ISO 8601, in seconds. */
  readonly updatedAt?: string;
  readonly head?: string;
  /** The head that `head` replaced; empty if the webhook was about something else. */
  readonly replaced?: string;
  readonly baseRef?: string;
  /** The review that was submitted or dismissed last, and what became of it. */
  readonly review?: number;
  readonly reviewState?: "submitted" | "dismissed";
}

/**
 * The subject of a piece of work: a pull request, a merge group of the merge queue, the rules on the default branch, a
 * command in a comment, an issue, or the standing of a gated branch.
 */
export type Subject = { readonly installation: number; readonly repository: RepositoryName } & (
  | ({ readonly kind: "pull"; readonly number: number } & AnnouncedPull)
  /** `pull`: the pull request that the group adds to its base; absent: the webhook did not tell. */
  | {
      readonly kind: "group";
      readonly head: string;
      readonly base: string;
      readonly baseRef: string;
      readonly pull?: number;
    }
  /** `after`: the commit at the tip of the default branch that the newest webhook told of; `updatedAt`: when, ISO 8601. */
  | { readonly kind: "rules"; readonly after?: string; readonly updatedAt?: string }
  /** `by`: the login of its author; absent for a bot, or if the account is gone. */
  | {
      readonly kind: "command";
      readonly command: "recheck" | "override" | "unknown";
      readonly number: number;
      readonly comment: number;
      readonly by?: string;
      /** Of an override: the id of its author, why, and when it was written (ISO 8601). */
      readonly id?: number;
      readonly reason?: string;
      readonly asked?: string;
    }
  /** An issue about an override that was closed, or is looked at. */
  | { readonly kind: "issue"; readonly number: number }
  /** All of a gated branch, judged by itself. `branch`: absent for the default branch. */
  | { readonly kind: "compliance"; readonly branch?: string }
);

/** How the keys of work on standings begin. */
export const COMPLIANCE = "compliance:";

/** The key of a subject. */
export function workKey(subject: Subject): string {
  switch (subject.kind) {
    case "pull":
      return `pull:${subject.repository.id}:${subject.number}`;
    case "group":
      return `group:${subject.repository.id}:${subject.head}`;
    case "rules":
      return `rules:${subject.repository.id}:`;
    case "issue":
      return `issue:${subject.repository.id}:${subject.number}`;
    case "compliance":
      return `${COMPLIANCE}${subject.repository.id}:${subject.branch ?? ""}`;
    case "command":
      return `command:${subject.repository.id}:${subject.comment}`;
  }
}
