import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import { isFluxVersion, isVersion, latestIn, notWorkedOut } from "../versions.ts";
import type { Address } from "./address.ts";
import { speak } from "./connection.ts";
import { fetchWanted, wordsOf, type Fetched } from "./fetch-wanted.ts";
import type { Mirror } from "./mirror.ts";
import { readRevision } from "./revision.ts";

/** Of tags that differ in their build alone so many are looked at. */
const mostEqual = 10;

/** A tag with its files. */
type Tagged = Fetched & { readonly version: string };

/**
 * Fetches the tag that Flux takes for a range: the latest version, and of versions of equal precedence the one whose commit
 * was made last.
 */
export async function chooseTag(mirror: Mirror, address: Address, range: string, job: Job): Promise<Tagged> {
  const tags = (await listTags(mirror, address, job)).filter(isFluxVersion);
  const at = await latestIn(job.versions, range, tags);
  const first = at === undefined ? undefined : tags[at];
  if (first === undefined) {
    throw new RemoteFailure("absent", `the repository ${address.shown} has no tag that fits ${oneLine(range)}`);
  }
  const equal = tags.filter((tag) => precedence(tag) === precedence(first));
  const candidates = [];
  for (const tag of equal.slice(0, mostEqual)) {
    const tagged = await fetchTag(mirror, address, tag, job);
    candidates.push({ tagged, made: equal.length === 1 ? 0 : await timeOf(mirror, tagged.commit) });
  }
  const [latest] = candidates.toSorted((a, b) => b.made - a.made);
  if (latest === undefined) throw new Error("no tag was fetched");
  return latest.tagged;
}

/** Fetches the tag that Argo CD takes for a range; undefined where there is none, as when it is the name of a branch. */
export async function chooseMostRecentTag(
  mirror: Mirror,
  address: Address,
  range: string,
  job: Job,
): Promise<Tagged | undefined> {
  const tags = (await listTags(mirror, address, job)).filter(isVersion);
  const answer = await job.versions.matching(range, tags);
  // That it is no range is no failure: it may be the name of a branch.
  if (answer.kind === "failed") throw notWorkedOut(range, answer.message);
  const tag = answer.kind === "matching" ? tags[answer.indexes[0] ?? -1] : undefined;
  return tag === undefined ? undefined : fetchTag(mirror, address, tag, job);
}

async function fetchTag(mirror: Mirror, address: Address, tag: string, job: Job): Promise<Tagged> {
  return { ...(await fetchWanted(mirror, address, readRevision({ kind: "tag", value: tag }), job)), version: tag };
}

/** What decides between versions, written alike: without leading zeros and without the build. */
function precedence(tag: string): string {
  const [, numbers = "", preRelease = ""] = /^v?([\d.]+)(-[^+]*)?/.exec(tag) ?? [];
  const written = numbers.split(".").map((number) => number.replace(/^0+(?=\d)/, ""));
  return [...written, "0", "0"].slice(0, 3).join(".") + preRelease;
}

async function timeOf(mirror: Mirror, commit: string): Promise<number> {
  const { stdout } = await mirror.git(["cat-file", "commit", commit]);
  return Number(/^committer .*> (-?\d+) /m.exec(stdout)?.[1] ?? 0);
}

async function listTags(mirror: Mirror, address: Address, job: Job): Promise<readonly string[]> {
  const args = ["ls-remote", "--quiet", "--tags", "--refs"];
  const result = await mirror.exclusively(() => speak(mirror, address, { args }, job));
  if (result.code !== 0) {
    throw (
      result.failure ?? new RemoteFailure("unanswered", `the repository ${address.shown}: ${wordsOf(result.stderr)}`)
    );
  }
  return result.stdout.split("\n").flatMap((line) => /^[0-9a-f]+\trefs\/tags\/(.+)$/.exec(line)?.[1] ?? []);
}
