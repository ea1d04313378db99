import { oneLine, RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import { isExactVersion } from "../versions.ts";
import type { Address } from "./address.ts";
import { speak } from "./connection.ts";
import { fetchWanted, wordsOf, type Fetched } from "./fetch-wanted.ts";
import type { Mirror } from "./mirror.ts";
import { readRevision } from "./revision.ts";

/** Of tags that differ in their build alone so many are looked at. */
const mostEqual = 10;

/**
 * Fetches the tag that Flux takes for a range: the latest version, and of versions of equal precedence the one whose commit
 * was made last.
 */
export async function chooseTag(
  mirror: Mirror,
  address: Address,
  range: string,
  job: Job,
): Promise<Fetched & { readonly version: string }> {
  const tags = (await listTags(mirror, address, job)).filter(isExactVersion);
  const answer = await job.versions.matching(range, tags);
  if (answer.kind === "invalid") {
    throw new RemoteFailure("absent", `which versions fit ${oneLine(range)} is not known: ${oneLine(answer.message)}`);
  }
  const fitting = answer.indexes.map((index) => tags[index] ?? "");
  const [first] = fitting;
  if (first === undefined) {
    throw new RemoteFailure("absent", `the repository ${address.shown} has no tag that fits ${oneLine(range)}`);
  }
  const equal = fitting.filter((tag) => precedence(tag) === precedence(first)).slice(0, mostEqual);
  const candidates = [];
  for (const tag of equal) {
    const fetched = await fetchWanted(mirror, address, readRevision({ kind: "tag", value: tag }), job);
    const made = equal.length === 1 ? 0 : await timeOf(mirror, fetched.commit);
    candidates.push({ ...fetched, version: tag, made });
  }
  const [latest] = candidates.toSorted((a, b) => b.made - a.made);
  if (latest === undefined) throw new Error("no tag was fetched");
  const { commit, tree, version } = latest;
  return { commit, tree, version };
}

function precedence(tag: string): string {
  return tag.replace(/^v/, "").replace(/\+.*$/, "");
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
