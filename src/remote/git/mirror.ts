import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tree } from "../../model/tree.ts";
import { gitTree, TreeTooLarge } from "../../tree/git-tree.ts";
import { ObjectReader } from "../../tree/object-reader.ts";
import { runGit, type GitOptions, type GitResult } from "../../tree/run-git.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import { whyStopped } from "../spent-time.ts";
import { withLock } from "./lock.ts";

/** A bare, shallow copy of what was asked for of one repository. Processes share it, and it can be deleted at any time. */
export interface Mirror {
  readonly directory: string;
  /** The commit that a reference of ours, or an object's id, names. */
  commitOf(ref: string): Promise<string | undefined>;
  /** The files of a commit, where all of them are there. */
  tree(commit: string): Promise<Tree | undefined>;
  /** Whether what its references name is there. */
  isSound(): Promise<boolean>;
  /** Runs work that writes, alone among all processes, in a mirror that is there and that nothing broken off is left in. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  git(args: readonly string[], options?: GitOptions): Promise<GitResult>;
  /** Makes it anew; for work that has it alone. */
  recreate(): Promise<void>;
}

/** A `git` that reads objects ends after so many milliseconds without a question. */
const rest = 2_000;
/** Of the listing: mode, kind, id, size and path. */
const bytesPerFile = 250;
/** Each fetch makes a pack, and Git looks for an object in each. */
const mostPacks = 200;
/** Written beside the objects where one of them could not be read. */
const damaged = "damaged";

/** The mirror of a repository, which need not be there. */
export function openMirror(url: string, shown: string, job: Job): Mirror {
  const path = join(job.store.directory, "git", createHash("sha256").update(url).digest("hex"));
  const directory = `${path}.git`;
  const objects = new ObjectReader(directory, {}, rest);
  const { limits } = job;
  const git = (args: readonly string[], options?: GitOptions): Promise<GitResult> => runGit(directory, args, options);
  const init = async (): Promise<GitResult> => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return git(["init", "--quiet", "--bare", "--template=", "."]);
  };
  const recreate = async (): Promise<void> => {
    await discard(directory);
    const { code, stderr } = await init();
    if (code !== 0) throw new RemoteFailure("unanswered", `no mirror of ${shown} can be made: ${oneLine(stderr)}`);
  };
  const prepare = async (): Promise<void> => {
    const mostBytes = 2 * limits.repositoryBytes;
    if ((await isDirectory(directory)) && !(await isDamaged(directory)) && !(await hasGrown(directory, mostBytes))) {
      await clear(directory);
      if ((await init()).code === 0) return;
    }
    await recreate();
  };
  return {
    directory,
    git,
    recreate,
    commitOf: async (ref) => {
      const { code, stdout } = await git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
      return code === 0 ? stdout.trim() : undefined;
    },
    tree: async (commit) => {
      const tree = gitTree(directory, commit, objects, `${shown} ${commit}`, {}, limits.repositoryFiles * bytesPerFile);
      try {
        const entries = await tree.list();
        if (entries.length > limits.repositoryFiles) throw new TreeTooLarge();
        if (entries.some(({ kind, size }) => kind !== "submodule" && size === undefined)) return undefined;
      } catch (error) {
        if (!(error instanceof TreeTooLarge)) return undefined;
        throw new RemoteFailure("refused", `${shown} has more than ${limits.repositoryFiles} files`);
      }
      await touch(directory);
      return reporting(tree, () => mark(directory));
    },
    isSound: async () => (await git(["rev-list", "--objects", "--quiet", "--all"])).code === 0,
    exclusively: async (work) => {
      const waited = AbortSignal.timeout(3 * limits.request);
      const signal = job.signal === undefined ? waited : AbortSignal.any([job.signal, waited]);
      const done = await withLock(`${path}.lock`, signal, async () => {
        await prepare();
        await touch(directory);
        return { value: await work() };
      });
      if (done === undefined) {
        const why = job.signal?.aborted === true ? whyStopped(job.signal) : "others are fetching it for too long";
        throw new RemoteFailure("unanswered", `the repository ${shown}: ${why}`);
      }
      return done.value;
    },
  };
}

/** Removes a mirror in one step, so that no process sees half of it. */
export async function discard(directory: string): Promise<void> {
  const away = `${directory}.${randomBytes(8).toString("hex")}.old`;
  await rename(directory, away).catch(() => {});
  await rm(away, { recursive: true, force: true });
}

/** Says that a mirror is in use. */
async function touch(directory: string): Promise<void> {
  const now = new Date();
  await utimes(join(directory, "HEAD"), now, now).catch(() => {});
}

/** What a `git` that was killed leaves behind. */
async function clear(directory: string): Promise<void> {
  const locks = ["shallow.lock", "packed-refs.lock", "config.lock", "HEAD.lock"].map((name) => join(directory, name));
  for (const lock of locks) await rm(lock, { force: true });
  for (const place of ["refs/portcullis", "objects/pack", "objects"]) {
    const names = await readdir(join(directory, place)).catch(() => []);
    for (const name of names) {
      if (/^tmp_|^\.tmp|\.lock$/.test(name)) await rm(join(directory, place, name), { recursive: true, force: true });
    }
  }
}

async function hasGrown(directory: string, mostBytes: number): Promise<boolean> {
  const pack = join(directory, "objects", "pack");
  const names = await readdir(pack).catch(() => []);
  if (names.filter((name) => name.endsWith(".pack")).length > mostPacks) return true;
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(pack, name)).catch(() => undefined))?.size ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0) > mostBytes;
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

async function isDamaged(directory: string): Promise<boolean> {
  return (await stat(join(directory, damaged)).catch(() => undefined)) !== undefined;
}

async function mark(directory: string): Promise<void> {
  await writeFile(join(directory, damaged), "").catch(() => {});
}

/** Tells of objects that cannot be read. */
function reporting(tree: Tree, tell: () => Promise<void>): Tree {
  const failed = async (error: unknown): Promise<never> => {
    if (error instanceof Error && /missing from this clone|git cat-file ended/.test(error.message)) await tell();
    throw error;
  };
  return {
    name: tree.name,
    list: () => tree.list(),
    read: (path) => tree.read(path).catch(failed),
    async *readAll(paths) {
      try {
        yield* tree.readAll(paths);
      } catch (error) {
        await failed(error);
      }
    },
  };
}
