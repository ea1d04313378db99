import type { Problem } from "../../model/problem.ts";
import type { Gap } from "../../model/source.ts";
import { notPermitted, type FailedFetch } from "../remotes/remote-directories.ts";
import type { Entry } from "./entry.ts";

export interface NotFetched {
  readonly gaps?: readonly Omit<Gap, "source">[];
  readonly problems?: readonly Problem[];
}

/**
 * What is told of content that is not at hand: a gap where it may not be fetched, else a problem: what its server does
 * not have, the cluster would not get either, and of one that does not answer nothing is known.
 */
export function notFetched({ kind, message, unpermitted }: FailedFetch, at: Entry, what: string): NotFetched {
  const { path, line } = at;
  // `what` names the reference, as the message does.
  const told = unpermitted === undefined || what === "" ? message : `it ${notPermitted}`;
  if (kind === "refused")
    return {
      gaps: [{ path, line, reason: `${what}${told}`, ...(unpermitted === undefined ? {} : { unpermitted }) }],
    };
  return { problems: [{ stage: "render", path, line, message: `cannot be rendered: ${what}${message}` }] };
}
