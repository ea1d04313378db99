import { RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import type { Address } from "./address.ts";
import { fetchAll, fetchInto, hasNone, passing, taken, type Fetched } from "./fetch-wanted.ts";
import type { Mirror } from "./mirror.ts";
import { readRevision } from "./revision.ts";

/**
 * Fetches the commit whose id starts with these digits, as in a clone with every branch and tag. No server can be asked for
 * it, so that all of their history comes along. Where several commits start so, none is taken.
 */
export async function fetchAbbreviated(mirror: Mirror, address: Address, start: string, job: Job): Promise<Fetched> {
  const wanted = { ...readRevision({ kind: "any", value: start }), shown: `commit ${start}` };
  return fetchInto(mirror, job, async () => {
    const failed = await fetchAll(mirror, address, wanted, job, async () => {
      const [commit, ...others] = await commitsOf(mirror, start);
      if (others.length > 0) throw new RemoteFailure("absent", severalOf(address.shown, start));
      if (commit === undefined) throw hasNone(address, `branch or tag ${start}, and no commit that starts so in any`);
      await mirror.git(["update-ref", wanted.ref, commit]);
    });
    return failed ?? taken(mirror, address, wanted);
  });
}

/** The commits of branches and tags that start so. What else is in the mirror does not count. */
async function commitsOf(mirror: Mirror, start: string): Promise<readonly string[]> {
  const { stdout } = await mirror.git(["rev-parse", `--disambiguate=${start}`]);
  const found: string[] = [];
  for (const id of stdout.split("\n").filter((line) => line !== "")) {
    const kind = await mirror.git(["cat-file", "-t", id]);
    if (kind.stdout.trim() !== "commit") continue;
    const held = await mirror.git(["for-each-ref", "--count=1", `--contains=${id}`, passing]);
    if (held.stdout !== "") found.push(id);
  }
  return found;
}

function severalOf(repository: string, start: string): string {
  return `the repository ${repository} has several commits that start with ${start}: name more digits`;
}
