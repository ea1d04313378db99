import type { Queries } from "./database.ts";

/** Takes those of `fingerprints` that were never said on this pull request, and marks them as said for `head`. */
export async function claimUnposted(
  queries: Queries,
  place: { readonly repository: number; readonly pull: number; readonly head: string },
  fingerprints: readonly string[],
): Promise<ReadonlySet<string>> {
  const claimed = new Set<string>();
  for (const fingerprint of fingerprints) {
    const rows = await queries.query(
      `insert into portcullis.said (repository, pull, fingerprint, head) values ($1, $2, $3, $4)
       on conflict do nothing returning fingerprint`,
      [place.repository, place.pull, fingerprint, place.head],
    );
    if (rows.length === 1) claimed.add(fingerprint);
  }
  return claimed;
}

/** What was marked as said for `head`: after a crash it is not known whether GitHub got the review. */
export async function claimedFor(
  queries: Queries,
  place: { readonly repository: number; readonly pull: number; readonly head: string },
): Promise<ReadonlySet<string>> {
  const rows = await queries.query<{ fingerprint: string }>(
    "select fingerprint from portcullis.said where repository = $1 and pull = $2 and head = $3",
    [place.repository, place.pull, place.head],
  );
  return new Set(rows.map((row) => row.fingerprint));
}

/** GitHub refused the review: these may be said again. */
export async function releaseClaims(
  queries: Queries,
  place: { readonly repository: number; readonly pull: number },
  fingerprints: Iterable<string>,
): Promise<void> {
  await queries.query(
    "delete from portcullis.said where repository = $1 and pull = $2 and fingerprint = any($3::text[])",
    [place.repository, place.pull, [...fingerprints]],
  );
}
