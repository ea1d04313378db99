import type { GitRevision } from "../../model/remotes.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import type { Address } from "./address.ts";
import { chooseMostRecentTag, chooseTag } from "./choose-tag.ts";
import { fetchAbbreviated } from "./fetch-abbreviated.ts";
import { fetchWanted, type Fetched } from "./fetch-wanted.ts";
import type { Mirror } from "./mirror.ts";
import { readRevision } from "./revision.ts";

/** What a revision names. */
export interface Found extends Fetched {
  readonly version: string;
  readonly stale?: true;
}

/**
 * Finds the commit of a revision: in the mirror where it is named by its id, else by its server, and by what that said last
 * while it does not answer.
 */
export async function findCommit(mirror: Mirror, address: Address, revision: GitRevision, job: Job): Promise<Found> {
  const question = JSON.stringify(["git", address.kind === "http" ? address.url.href : address.url, revision]);
  const known = await knownCommit(mirror, await writtenOut(revision, question, job));
  if (known !== undefined) return known;
  try {
    const found = await ask(mirror, address, revision, job);
    await job.store.answers.put(question, { version: found.version, digest: found.commit });
    return found;
  } catch (error) {
    const isUnanswered = error instanceof RemoteFailure && error.kind === "unanswered";
    const last = isUnanswered ? await job.store.answers.read(question) : undefined;
    const tree = last === undefined ? undefined : await mirror.tree(last.digest);
    if (last === undefined || tree === undefined) throw error;
    return { version: last.version, commit: last.digest, tree, stale: true };
  }
}

/** The whole id of a commit whose start was asked for before; else the revision itself. */
async function writtenOut(revision: GitRevision, question: string, job: Job): Promise<GitRevision> {
  if (revision.kind !== "abbreviated") return revision;
  const { digest } = (await job.store.answers.read(question)) ?? {};
  return digest?.startsWith(revision.value.toLowerCase()) === true ? { kind: "commit", value: digest } : revision;
}

/** What no server has to be asked for. */
async function knownCommit(mirror: Mirror, revision: GitRevision): Promise<Found | undefined> {
  if (revision.kind === "semver" || revision.kind === "range" || revision.kind === "abbreviated") return undefined;
  const { commit, ref } = readRevision(revision);
  // The reference says that the commit came with all its files.
  if (commit === undefined || (await mirror.commitOf(ref)) !== commit) return undefined;
  const tree = await mirror.tree(commit);
  return tree === undefined ? undefined : { version: commit, commit, tree };
}

async function ask(mirror: Mirror, address: Address, revision: GitRevision, job: Job): Promise<Found> {
  if (job.isOffline) {
    const what = `the repository ${address.shown}`;
    throw new RemoteFailure("unanswered", `${what} is not fetched: nothing is, and it was not before`);
  }
  if (revision.kind === "semver") return chooseTag(mirror, address, revision.value, job);
  if (revision.kind === "range") return askForRange(mirror, address, revision.value, job);
  if (revision.kind === "abbreviated") return askForStart(mirror, address, revision.value, job);
  const fetched = await fetchWanted(mirror, address, readRevision(revision), job);
  return { ...fetched, version: revision.kind === "tag" ? revision.value : fetched.commit };
}

/** A name that is the start of an id as well names a branch or tag. */
async function askForStart(mirror: Mirror, address: Address, start: string, job: Job): Promise<Found> {
  try {
    return await ask(mirror, address, { kind: "any", value: start }, job);
  } catch (error) {
    if (!(error instanceof RemoteFailure) || error.kind !== "absent") throw error;
    const fetched = await fetchAbbreviated(mirror, address, start.toLowerCase(), job);
    return { ...fetched, version: fetched.commit };
  }
}

async function askForRange(mirror: Mirror, address: Address, range: string, job: Job): Promise<Found> {
  const tag = await chooseMostRecentTag(mirror, address, range, job);
  if (tag !== undefined) return tag;
  try {
    return await ask(mirror, address, { kind: "any", value: range }, job);
  } catch (error) {
    if (!(error instanceof RemoteFailure) || error.kind !== "absent") throw error;
    const message = `the repository ${address.shown} has no tag that fits ${oneLine(range)}, and no branch of that name`;
    throw new RemoteFailure("absent", message);
  }
}
