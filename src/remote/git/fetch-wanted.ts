import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import type { Tree } from "../../model/tree.ts";
import type { Address } from "./address.ts";
import { speak, type Spoken } from "./connection.ts";
import { keepMirrorsBounded } from "./keep-mirrors-bounded.ts";
import type { Mirror } from "./mirror.ts";
import { mayBeAbbreviated, readRevision, type Wanted } from "./revision.ts";

/** A commit with its files. */
export interface Fetched {
  readonly commit: string;
  readonly tree: Tree;
}

/** What Git says about its own files. Which of them are missing is looked up. */
const damage = /is corrupt|loose object|cannot lock ref|reference broken/i;
const saidByServer = /^(?:fatal: remote error|remote):.*$/gm;
const malformed = /fsck error|error in (?:packed )?object/i;
const noSuchRef = /couldn't find remote ref|no such remote ref/i;
const notServed = /not our ref|unadvertised object|want [0-9a-f]{40} not valid/i;
const notThere = /not our ref/i;
const refusedBySsh =
  /permission denied|repository not found|does not (?:exist|appear to be a git repository)|access denied/i;

/** Where branches and tags are while they are looked through. */
export const passing = "refs/portcullis-all";
/** The depth that Git takes for the whole history, even of what was shallow before. */
const everything = 2 ** 31 - 1;

/** Fetches what is wanted into a mirror, which is made anew where it turns out to be damaged. */
export async function fetchWanted(mirror: Mirror, address: Address, wanted: Wanted, job: Job): Promise<Fetched> {
  return fetchInto(mirror, job, () => tryToFetch(mirror, address, wanted, job));
}

/** Fetches into a mirror, which is made anew where it turns out to be damaged. */
export async function fetchInto(mirror: Mirror, job: Job, fetch: () => Promise<Outcome>): Promise<Fetched> {
  const fetched = await mirror.exclusively(async () => {
    for (let isAnew = false; ; isAnew = true) {
      const outcome = await fetch();
      if (outcome.kind === "fetched") return outcome;
      if (isAnew) throw outcome.failure;
      await mirror.recreate();
    }
  });
  await job.once("mirrors", () => keepMirrorsBounded(dirname(mirror.directory), job.limits.storeBytes).catch(() => {}));
  return fetched;
}

export type Outcome =
  | ({ readonly kind: "fetched" } & Fetched)
  /** The mirror is damaged, or it would be this failure. */
  | { readonly kind: "damaged"; readonly failure: RemoteFailure };

async function tryToFetch(mirror: Mirror, address: Address, wanted: Wanted, job: Job): Promise<Outcome> {
  const result = await fetchOf(mirror, address, ["--depth=1"], [`+${wanted.source}:${wanted.ref}`], job);
  if (result.code !== 0) {
    if (result.failure !== undefined) throw result.failure;
    if (wanted.commit === undefined || !notServed.test(result.stderr)) return whyNot(result, mirror, address, wanted);
    if (result.servesAll && notThere.test(result.stderr)) throw hasNone(address, wanted.shown);
    const { commit } = wanted;
    const all = await fetchAll(mirror, address, wanted, job, async () => {
      const { code } = await mirror.git(["update-ref", wanted.ref, commit]);
      if (code !== 0) throw hasNone(address, `${wanted.shown} in any branch or tag`);
    });
    if (all !== undefined) return all;
  }
  return taken(mirror, address, wanted);
}

/** What came and is kept at the wanted reference. */
export async function taken(mirror: Mirror, address: Address, wanted: Wanted): Promise<Outcome> {
  const commit = await mirror.commitOf(wanted.ref);
  if (commit === undefined) {
    const message = `${wanted.shown} of the repository ${address.shown} is not a commit`;
    return { kind: "damaged", failure: new RemoteFailure("absent", message) };
  }
  const tree = await mirror.tree(commit);
  if (tree === undefined) {
    const message = `the repository ${address.shown}: not all files of ${commit} came`;
    return { kind: "damaged", failure: new RemoteFailure("unanswered", message) };
  }
  // So that it is known when it is asked for by its id.
  await mirror.git(["update-ref", readRevision({ kind: "commit", value: commit }).ref, commit]);
  return { kind: "fetched", commit, tree };
}

/**
 * Fetches the history of every branch and tag, and looks something up in it while they are there, by the references in
 * `passing`. Undefined: all came. Some servers hand out a commit only so.
 */
export async function fetchAll(
  mirror: Mirror,
  address: Address,
  wanted: Wanted,
  job: Job,
  lookUp: () => Promise<void>,
): Promise<Outcome | undefined> {
  const refspecs = [`+refs/heads/*:${passing}/heads/*`, `+refs/tags/*:${passing}/tags/*`];
  await forget(mirror);
  try {
    const result = await fetchOf(mirror, address, [`--depth=${everything}`], refspecs, job);
    if (result.code !== 0) {
      if (result.failure !== undefined) throw result.failure;
      return whyNot(result, mirror, address, wanted);
    }
    await lookUp();
    return undefined;
  } finally {
    await forget(mirror);
  }
}

/** Nothing packs references, so that each is a file. */
async function forget({ directory }: Mirror): Promise<void> {
  await rm(join(directory, passing), { recursive: true, force: true });
}

function fetchOf(
  mirror: Mirror,
  address: Address,
  options: readonly string[],
  after: readonly string[],
  job: Job,
): Promise<Spoken> {
  const args = [
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--refmap=",
    ...options,
  ];
  return speak(mirror, address, { args, after }, job);
}

async function whyNot(
  { stderr, isStopped }: Spoken,
  mirror: Mirror,
  address: Address,
  { shown, source }: Wanted,
): Promise<Outcome> {
  if (noSuchRef.test(stderr)) {
    const hint = mayBeAbbreviated(source) ? ": a commit is named by all 40 digits of its id" : "";
    throw hasNone(address, `${shown === source && shown !== "HEAD" ? `branch or tag ${shown}` : shown}${hint}`);
  }
  const isSaid = malformed.test(stderr) || (address.kind === "ssh" && refusedBySsh.test(stderr));
  const failure = new RemoteFailure(
    isSaid ? "absent" : "unanswered",
    `the repository ${address.shown}: ${wordsOf(stderr)}`,
  );
  const isDamaged = damage.test(stderr.replaceAll(saidByServer, "")) || !(await mirror.isSound());
  if (isDamaged && !isSaid && !isStopped) return { kind: "damaged", failure };
  throw failure;
}

export function hasNone(address: Address, what: string): RemoteFailure {
  return new RemoteFailure("absent", `the repository ${address.shown} has no ${what}`);
}

/** Git's own words, without what only fills the lines. */
export function wordsOf(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  const telling = lines.filter((line) => /^(?:fatal|error|remote|ERROR):|^ssh:|denied|failed/.test(line));
  const said = (telling.length > 0 ? telling : lines).slice(0, 3).join("; ");
  return oneLine(said) || "git ended without a word";
}
