import type { RemoteRepository } from "../model/remotes.ts";
import { RemoteFailure } from "./failure.ts";
import type { Protocol } from "./job.ts";

/** Fetches a Git repository at one revision. */
export const fetchRepository: Protocol<RemoteRepository> = async () => {
  throw new RemoteFailure("refused", "repositories are not fetched yet");
};
