import type { PullRequest } from "../github/pulls.ts";
import type { RepositoryClient } from "../github/repository-client.ts";
import type { LeasedWork } from "../store/work.ts";
import { isPullBehind } from "./jobs/behind.ts";

/** What to judge, as GitHub shows it now. */
export interface Target {
  readonly repository: PullRequest["repository"];
  readonly head: string;
  readonly baseRef: string;
  readonly pull?: PullRequest;
  /** The base commit of a merge group, which is judged as its own tree. */
  readonly base?: string;
  /** The number of the pull request that a merge group adds to its base; absent: it is not known. */
  readonly queued?: number;
  /** The review that a webhook told of last. */
  readonly review?: { readonly id: number; readonly dismissed: boolean };
}

/** The target, or that it is closed. `isBehind`: read as it was before the state that a webhook announced. */
export type TargetReading = { readonly isBehind: boolean } & (
  | { readonly kind: "target"; readonly target: Target }
  | { readonly kind: "closed"; readonly pull: PullRequest }
);

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
      const isBehind = isPullBehind(pull, subject);
      if (!pull.open) return { kind: "closed", pull, isBehind };
      const { repository, head, baseRef } = pull;
      const { review, reviewState } = subject;
      const told = review === undefined ? {} : { review: { id: review, dismissed: reviewState === "dismissed" } };
      return { kind: "target", isBehind, target: { repository, head, baseRef, pull, ...told } };
    }
    case "group": {
      const repository = await github.readRepository(place);
      return {
        kind: "target",
        isBehind: false,
        target: {
          repository,
          head: subject.head,
          baseRef: subject.baseRef,
          base: subject.base,
          ...(subject.pull === undefined ? {} : { queued: subject.pull }),
        },
      };
    }
    case "rules":
    case "command":
    case "issue":
    case "compliance":
      throw new Error("neither the rules of a branch nor a command has a target");
  }
}
