import type { FetchFor } from "../engine/policies/policy-fetch.ts";
import { PoliciesUnanswered } from "../engine/policies/open-reference.ts";
import type { Remotes, VersionMatcher } from "../model/remotes.ts";
import { UsageError } from "./usage-error.ts";

/** No chart is among policies, so no range of versions is asked for. */
export const noVersions: VersionMatcher = {
  matching: async () => ({ kind: "failed", message: "policies have no ranges of versions" }),
};

/** Fetches what a configuration names elsewhere: whoever names it there says which content it is. */
export function policyFetcher(offline: boolean): FetchFor {
  return ({ remotes }) => {
    let opened: Remotes | undefined;
    return async (reference) => {
      const { openRemotes } = await import("../engine/open-remotes.ts");
      opened ??= openRemotes(remotes, { versions: noVersions, offline });
      return opened === undefined
        ? { kind: "refused", message: "it is not fetched, since remotes.fetch is off" }
        : opened.fetch(reference);
    };
  };
}

/** What is not there yet is asked for again by the person: for the command line it is an error like any other. */
export async function answered<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof PoliciesUnanswered) throw new UsageError(error.message);
    throw error;
  }
}
