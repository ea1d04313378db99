import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ObjectReader } from "../../tree/object-reader.ts";
import type { Remote } from "../../tree/git-environment.ts";
import { runGit } from "../../tree/run-git.ts";
import { MirrorDamaged } from "./mirror-damaged.ts";

/** How a fetch ended. */
export type FetchOutcome =
  | { readonly kind: "fetched" }
  /** GitHub has no such ref or commit. */
  | { readonly kind: "missing"; readonly reason?: string }
  /** The connection or the mirror failed; a retry may succeed. */
  | { readonly kind: "failed"; readonly reason: string };

/** The branches of a repository, or why they could not be read. */
export type BranchList =
  | { readonly kind: "branches"; readonly names: readonly string[] }
  | Extract<FetchOutcome, { readonly kind: "failed" }>;

/** The header of a commit object. */
interface Commit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
}

/** A bare, shallow copy of one repository with the commits that jobs need, each job under its own refs. */
export interface Mirror {
  readonly directory: string;
  /**
   * Fetches each source (a ref or a commit id), with its tree and the trees of its parents, into
   * `refs/portcullis/jobs/<job>/<name>`: all or none. A mirror runs one fetch at a time, since parallel ones fail on
   * `shallow.lock`.
   */
  fetch(
    remote: Remote,
    job: string,
    sources: { readonly [name: string]: string },
    signal: AbortSignal,
  ): Promise<FetchOutcome>;
  /** The names of all branches, as GitHub has them now. */
  listBranches(remote: Remote, signal: AbortSignal): Promise<BranchList>;
  /** The commit that a ref of a job points to. */
  commit(job: string, name: string): Promise<Commit | undefined>;
  /** The output of a `git` command that only reads. Rejects with MirrorDamaged if it fails. */
  read(args: readonly string[], input?: string): Promise<string>;
  /** Keeps a commit beyond its job, so that the next fetch transfers only what is new. */
  pin(name: string, commit: string): Promise<void>;
  pinned(name: string): Promise<string | undefined>;
  /** No longer keeps what was pinned under a name. */
  unpin(name: string): Promise<void>;
  /** Deletes the refs of a job. After the last job, garbage is collected if there is enough of it. */
  release(job: string): Promise<void>;
}

const FETCHES_UNTIL_GC = 200;

/** A process that is started again before it fetched so often leaves loose objects behind: with so many, garbage is due. */
const LOOSE_UNTIL_GC = 2_000;

/** A mirror that is unused for so long closes its object reader. */
const IDLE_MILLISECONDS = 60_000;

/** Messages of Git about its own files, as opposed to the connection. */
const DAMAGE =
  /bad (?:object|shallow)|cannot change to|corrupt|did not send all necessary objects|loose object|not a git repository|index-pack|packed-refs|packfile|shallow file|unpack|unable to (?:create|read|write)/i;

/** The mirrors below a directory that only this process uses. */
export class Mirrors {
  readonly #directory: string;
  readonly #open = new Map<number, Promise<OpenMirror>>();
  readonly #removing = new Map<number, Promise<void>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The mirror of a repository for one job; call its `release` at the end of the job. */
  async acquire(repository: number): Promise<Mirror> {
    await this.#removing.get(repository);
    let mirror = this.#open.get(repository);
    if (mirror === undefined) {
      mirror = OpenMirror.at(join(this.#directory, `${repository}.git`));
      this.#open.set(repository, mirror);
      mirror.catch(() => this.#open.delete(repository));
    }
    const entered = await mirror;
    await entered.enter();
    return entered;
  }

  /** Has the mirror in a directory made anew once no job uses it: what was fetched into it cannot be read. */
  async doubt(directory: string): Promise<void> {
    for (const open of this.#open.values()) {
      const mirror = await open.catch(() => undefined);
      if (mirror?.directory === directory) await mirror.doubt();
    }
  }

  /** Deletes the mirrors of all repositories but these, where no job uses them. */
  async keepOnly(repositories: ReadonlySet<number>): Promise<void> {
    const names = await readdir(this.#directory).catch(() => []);
    for (const name of names) {
      const id = Number(/^(\d+)\.git$/.exec(name)?.[1]);
      if (Number.isNaN(id) || repositories.has(id)) continue;
      const open = await this.#open.get(id)?.catch(() => undefined);
      if (open !== undefined && open.readers > 0) continue;
      this.#open.delete(id);
      const removal = (open?.close() ?? Promise.resolve())
        .then(() => rm(join(this.#directory, name), { recursive: true, force: true }))
        .finally(() => this.#removing.delete(id));
      this.#removing.set(id, removal);
      await removal;
    }
  }

  async close(): Promise<void> {
    for (const mirror of this.#open.values()) await (await mirror.catch(() => undefined))?.close();
  }
}

class OpenMirror implements Mirror {
  readonly directory: string;
  readers = 0;
  #fetches = 0;
  #failures = 0;
  #last: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  /** While it is true, no job enters: the mirror is made anew once those within have left. */
  #isDoubted = false;
  #renewal: Promise<void> | undefined;
  #waiting: (() => void)[] = [];
  readonly #objects: ObjectReader;
  readonly #pinned = new Map<string, string | undefined>();

  private constructor(directory: string) {
    this.directory = directory;
    this.#objects = new ObjectReader(directory);
  }

  static async at(directory: string): Promise<OpenMirror> {
    const mirror = new OpenMirror(directory);
    try {
      await mirror.#create();
      // A process that was killed leaves refs of its jobs, and locks, behind.
      await mirror.#deleteRefs("refs/portcullis/jobs/");
    } catch {
      await mirror.#recreate();
    }
    // As Git estimates it: their names are spread evenly over 256 directories.
    const loose = await readdir(join(directory, "objects", "17")).catch(() => []);
    if (loose.length * 256 > LOOSE_UNTIL_GC) mirror.#fetches = FETCHES_UNTIL_GC;
    return mirror;
  }

  /** Lets a job in, once the mirror is whole. */
  async enter(): Promise<void> {
    while (this.#isDoubted) await new Promise<void>((done) => this.#waiting.push(done));
    this.readers++;
  }

  async doubt(): Promise<void> {
    this.#isDoubted = true;
    if (this.readers === 0) await (this.#renewal ??= this.#renew());
  }

  fetch(
    remote: Remote,
    job: string,
    sources: { readonly [name: string]: string },
    signal: AbortSignal,
  ): Promise<FetchOutcome> {
    return this.#exclusively(async () => {
      await this.#clearLocks();
      const refspecs = Object.entries(sources).map(
        ([name, source]) => `+${source}:refs/portcullis/jobs/${job}/${name}`,
      );
      const { code, stderr } = await runGit(
        this.directory,
        [
          "fetch",
          "--quiet",
          "--depth=2",
          "--no-tags",
          "--no-write-fetch-head",
          "--no-recurse-submodules",
          "--refmap=",
          "--",
          remote.url,
          ...refspecs,
        ],
        { signal, remote },
      );
      this.#fetches++;
      if (code === 0) {
        this.#failures = 0;
        return { kind: "fetched" };
      }
      const said = stderr.split("\n").find((line) => line !== "") ?? "git fetch failed";
      // It is shown in the check, to people whom our directories do not concern.
      const reason = said.replaceAll(this.directory, "the mirror");
      if (/couldn't find remote ref|not our ref|no such remote ref/i.test(stderr)) return { kind: "missing", reason };
      if (!signal.aborted && DAMAGE.test(stderr)) await this.#recreateIfDamaged();
      return { kind: "failed", reason };
    });
  }

  async listBranches(remote: Remote, signal: AbortSignal): Promise<BranchList> {
    const args = ["ls-remote", "--heads", "--quiet", "--", remote.url];
    const { code, stdout, stderr } = await runGit(this.directory, args, { signal, remote });
    if (code !== 0)
      return { kind: "failed", reason: stderr.split("\n").find((line) => line !== "") ?? "git ls-remote failed" };
    return { kind: "branches", names: [...stdout.matchAll(/\trefs\/heads\/(.+)$/gm)].map((match) => match[1] ?? "") };
  }

  async commit(job: string, name: string): Promise<Commit | undefined> {
    const id = await this.#resolve(`refs/portcullis/jobs/${job}/${name}`);
    if (id === undefined) return undefined;
    // The raw object names its parents, even though a shallow history hides them.
    const bytes = await this.#objects.read(id).catch((error: unknown) => {
      throw new MirrorDamaged(this.directory, String(error));
    });
    const raw = Buffer.from(bytes).toString("latin1");
    const header = raw.split("\n\n", 1)[0] ?? "";
    const named = (what: string): readonly string[] =>
      [...header.matchAll(new RegExp(`^${what} ([0-9a-f]+)$`, "gm"))].map((match) => match[1] ?? "");
    return { id, tree: named("tree")[0] ?? "", parents: named("parent") };
  }

  async read(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await runGit(this.directory, args, input === undefined ? {} : { input });
    if (code !== 0) throw new MirrorDamaged(this.directory, `git ${args[0]} failed: ${stderr}`);
    return stdout;
  }

  async pin(name: string, commit: string): Promise<void> {
    if ((await this.pinned(name)) === commit) return;
    await this.#exclusively(() => this.read(["update-ref", `refs/portcullis/kept/${name}`, commit]));
    this.#pinned.set(name, commit);
  }

  async pinned(name: string): Promise<string | undefined> {
    if (!this.#pinned.has(name)) this.#pinned.set(name, await this.#resolve(`refs/portcullis/kept/${name}`));
    return this.#pinned.get(name);
  }

  async unpin(name: string): Promise<void> {
    await this.#exclusively(() => this.read(["update-ref", "-d", `refs/portcullis/kept/${name}`]));
    this.#pinned.delete(name);
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#objects.close();
  }

  async release(job: string): Promise<void> {
    // A fetch writes each ref to a file of its own, and nothing packs them while a job runs.
    await this.#exclusively(() =>
      rm(join(this.directory, "refs/portcullis/jobs", job), { recursive: true, force: true }),
    );
    this.readers--;
    if (this.readers === 0 && this.#isDoubted) await (this.#renewal ??= this.#renew());
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.readers === 0) void this.#objects.close();
    }, IDLE_MILLISECONDS).unref();
    if (this.readers === 0 && this.#fetches >= FETCHES_UNTIL_GC) {
      this.#fetches = 0;
      await this.#exclusively(async () => {
        if (this.readers === 0) await runGit(this.directory, ["gc", "--quiet", "--prune=now"]);
      });
    }
  }

  async #resolve(ref: string): Promise<string | undefined> {
    const loose = (await readFile(join(this.directory, ref), "latin1").catch(() => "")).trim();
    if (/^[0-9a-f]{40,64}$/.test(loose)) return loose;
    const { code, stdout } = await runGit(this.directory, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
    return code === 0 ? stdout.trim() : undefined;
  }

  async #create(): Promise<void> {
    await mkdir(this.directory, { recursive: true }).catch((error: unknown) => {
      throw new MirrorDamaged(this.directory, String(error));
    });
    await this.#clearLocks();
    await this.read(["init", "--quiet", "--bare", "."]);
  }

  async #clearLocks(): Promise<void> {
    for (const lock of ["shallow.lock", "packed-refs.lock", "config.lock", "HEAD.lock", "gc.pid"]) {
      await rm(join(this.directory, lock), { force: true });
    }
  }

  async #deleteRefs(prefix: string): Promise<void> {
    const refs = (await this.read(["for-each-ref", "--format=delete %(refname)", prefix])).trim();
    if (refs === "") return;
    const { code } = await runGit(this.directory, ["update-ref", "--stdin"], { input: `${refs}\n` });
    // A ref may be locked by a process that was killed: the lock is a file beside it.
    if (code !== 0) await rm(join(this.directory, prefix), { recursive: true, force: true });
  }

  /** Recreates a mirror that looks damaged twice in a row. */
  async #recreateIfDamaged(): Promise<void> {
    this.#failures++;
    if (this.#failures < 2) return;
    if (this.readers > 1) this.#isDoubted = true;
    else await this.#recreate();
  }

  /** Makes a doubted mirror anew and lets jobs in again. */
  async #renew(): Promise<void> {
    // If that fails, as on a full disk, the next job finds out and doubts it again.
    await this.#exclusively(() => this.#recreate()).catch(() => undefined);
    this.#renewal = undefined;
    this.#isDoubted = false;
    for (const enter of this.#waiting.splice(0)) enter();
  }

  /** It contains nothing that cannot be fetched again. */
  async #recreate(): Promise<void> {
    this.#failures = 0;
    await this.#objects.close();
    this.#pinned.clear();
    await rm(this.directory, { recursive: true, force: true });
    await this.#create();
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
