import type { PullRequest } from "../github/pulls.ts";
import type { RepositoryClient } from "../github/repository-client.ts";
import type { LeasedWork } from "../store/work.ts";

/** What to judge, as GitHub shows it now. */
export interface Target {
  readonly repository: PullRequest["repository"];
  readonly head: string;
  readonly baseRef: string;
  readonly pull?: PullRequest;
  /** The base commit of a merge group, which is judged as its own tree. */
  readonly base?: string;
}

/** The target, or that it is closed. */
export type TargetReading = { readonly kind: "target"; readonly target: Target } | { readonly kind: "closed" };

/** The calls that `readTarget` makes. */
export type TargetCalls = Pick<RepositoryClient, "readPullRequest" | "readRepository">;

/** Reads the pull request or merge group that the work is about. */
export async function readTarget(
  github: TargetCalls,
  { subject }: Pick<LeasedWork, "subject">,
): Promise<TargetReading> {
  const place = { owner: subject.repository.owner, repo: subject.repository.name };
  switch (subject.kind) {
    case "pull": {
      const pull = await github.readPullRequest(place, subject.number);
      if (!pull.open) return { kind: "closed" };
      return { kind: "target", target: { repository: pull.repository, head: pull.head, baseRef: pull.baseRef, pull } };
    }
    case "group": {
      const repository = await github.readRepository(place);
      return {
        kind: "target",
        target: { repository, head: subject.head, baseRef: subject.baseRef, base: subject.base },
      };
    }
    case "rules":
      throw new Error("the rules of a branch have no target");
  }
}
