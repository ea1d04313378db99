import type { RemoteContent, RemoteRepository } from "../model/remotes.ts";
import type { Protocol } from "./job.ts";
import { readAddress } from "./git/address.ts";
import { findCommit } from "./git/find-commit.ts";
import { openMirror } from "./git/mirror.ts";

/** Fetches a Git repository at one revision. */
export const fetchRepository: Protocol<RemoteRepository> = async (reference, job): Promise<RemoteContent> => {
  const address = readAddress(reference.url, job);
  const url = address.kind === "http" ? address.url.href : address.url;
  const mirror = await job.once(`mirror ${url}`, async () => openMirror(url, address.shown, job));
  const { commit, version, tree, stale } = await findCommit(mirror, address, reference.revision, job);
  return { version, digest: commit, tree, ...(stale === undefined ? {} : { stale }) };
};
