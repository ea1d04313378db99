import type { UnavailableOutcome } from "./job-outcome.ts";

/** The outcome for an archived repository: GitHub accepts no check run there, and nothing can be merged. */
export function archived(): UnavailableOutcome {
  return {
    kind: "unavailable",
    scope: "repository",
    reason: "archived",
    message: "the repository is archived, so that GitHub accepts no check run",
  };
}
