import type { Octokit } from "octokit";
import { readPullRequest, readRepository, type PullRequest } from "../github/pulls.ts";
import type { Leased } from "../store/work.ts";

/** What is judged, read fresh: webhooks are hints. */
export interface Target {
  readonly repository: PullRequest["repository"];
  readonly head: string;
  readonly baseRef: string;
  readonly pull?: PullRequest;
  /** A merge group is its own tree, on this base. */
  readonly base?: string;
}

export type TargetReading = { readonly kind: "target"; readonly target: Target } | { readonly kind: "closed" };

/** Reads the pull request or merge group that the work is about. */
export async function readTarget(octokit: Octokit, { subject }: Leased): Promise<TargetReading> {
  const place = { owner: subject.repository.owner, repo: subject.repository.name };
  switch (subject.kind) {
    case "pull": {
      const pull = await readPullRequest(octokit, place, subject.number);
      if (!pull.open) return { kind: "closed" };
      return { kind: "target", target: { repository: pull.repository, head: pull.head, baseRef: pull.baseRef, pull } };
    }
    case "group": {
      const repository = await readRepository(octokit, place);
      return {
        kind: "target",
        target: { repository, head: subject.head, baseRef: subject.baseRef, base: subject.base },
      };
    }
    case "rules":
      throw new Error("the rules of a branch have no target");
  }
}
