import type { RemoteContent, RemoteRepository } from "../model/remotes.ts";
import type { Tree } from "../model/tree.ts";
import { oneLine, RemoteFailure } from "./failure.ts";
import { isSameHost, readAddress } from "./git/address.ts";
import { findCommit, type Found } from "./git/find-commit.ts";
import { openMirror, type Mirror } from "./git/mirror.ts";
import { mountedTree } from "./git/mounted-tree.ts";
import { submodulesOf, type Submodule } from "./git/submodules.ts";
import type { Job, Protocol } from "./job.ts";

/** What is left for the submodules of one reference. */
interface Allowance {
  submodules: number;
  files: number;
}

/** Fetches a Git repository at one revision. */
export const fetchRepository: Protocol<RemoteRepository> = async (reference, job): Promise<RemoteContent> => {
  const { mirror, found } = await find(reference, job);
  const { commit, version, stale } = found;
  const { submodules, repositoryFiles } = job.limits;
  const allowance = { submodules, files: repositoryFiles };
  const tree =
    reference.submodules === true
      ? await withSubmodules(found.tree, mirror, reference.url, allowance, job)
      : found.tree;
  return { version, digest: commit, tree, ...(stale === undefined ? {} : { stale }) };
};

async function find(
  { url, revision }: RemoteRepository,
  job: Job,
): Promise<{ readonly mirror: Mirror; readonly found: Found }> {
  const address = readAddress(url, job);
  const location = address.kind === "http" ? address.url.href : address.url;
  const mirror = await job.once(`mirror ${location}`, async () => openMirror(location, address.shown, job));
  // With and without its submodules a branch must mean the same, whatever its server does in between.
  const question = `revision ${location} ${JSON.stringify(revision)}`;
  return { mirror, found: await job.once(question, () => findCommit(mirror, address, revision, job)) };
}

/** Mounts what Git would: one submodule that cannot be had fails the whole. */
async function withSubmodules(tree: Tree, mirror: Mirror, url: string, left: Allowance, job: Job): Promise<Tree> {
  left.files -= (await tree.list()).length;
  if (left.files < 0) throw new RemoteFailure("refused", `it has more than ${job.limits.repositoryFiles} files`);
  const mounts = new Map<string, Tree>();
  for (const submodule of await submodulesOf(tree, mirror, url)) {
    left.submodules -= 1;
    if (left.submodules < 0) throw new RemoteFailure("refused", `it has more than ${job.limits.submodules} submodules`);
    try {
      mounts.set(submodule.path, await fetchSubmodule(submodule, url, left, job));
    } catch (error) {
      if (!(error instanceof RemoteFailure)) throw error;
      throw new RemoteFailure(error.kind, `the submodule ${oneLine(submodule.path)}: ${error.message}`);
    }
  }
  return mountedTree(tree, mounts);
}

async function fetchSubmodule({ url, commit }: Submodule, parent: string, left: Allowance, job: Job): Promise<Tree> {
  // Who wrote .gitmodules need not be who may read what it names.
  const isGuarded = await job.isGuarded(url);
  if ((isGuarded || !isSameHost(url, parent)) && !job.permits(url, isGuarded)) {
    const why = isGuarded ? "it may be private, and" : "it is on another host, which";
    throw new RemoteFailure("refused", `${why} remotes.allow does not name${isGuarded ? " it" : ""}`);
  }
  const { mirror, found } = await find({ kind: "git", url, revision: { kind: "commit", value: commit } }, job);
  return withSubmodules(found.tree, mirror, url, left, job);
}
