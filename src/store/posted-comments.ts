import type { Queries } from "./database.ts";

/**
 * Claims those of `fingerprints` that were never posted on this pull request, for a review of `head`, and returns them.
 */
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

/**
 * The fingerprints claimed on a pull request, each with the head that it was last claimed for. After a crash it is
 * unknown whether GitHub received the comments of that head.
 */
export async function findClaims(
  queries: Queries,
  place: { readonly repository: number; readonly pull: number },
): Promise<ReadonlyMap<string, string>> {
  const rows = await queries.query<{ fingerprint: string; head: string }>(
    "select fingerprint, head from portcullis.said where repository = $1 and pull = $2",
    [place.repository, place.pull],
  );
  return new Map(rows.map(({ fingerprint, head }) => [fingerprint, head]));
}

/** Claims for a review of `head` what was claimed for an earlier one: its comments are about to be deleted or posted anew. */
export async function moveClaims(
  queries: Queries,
  place: { readonly repository: number; readonly pull: number; readonly head: string },
  fingerprints: Iterable<string>,
): Promise<void> {
  await queries.query(
    "update portcullis.said set head = $3 where repository = $1 and pull = $2 and fingerprint = any($4::text[])",
    [place.repository, place.pull, place.head, [...fingerprints]],
  );
}

/** Releases claims whose comments were not posted, so that a later review can contain them. */
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

/** Deletes the claims on pull requests that are closed and whose runs are deleted: nothing is posted there any more. */
export async function deleteOldClaims(queries: Queries): Promise<void> {
  await queries.query(
    `delete from portcullis.said s
     where not exists (select 1 from portcullis.runs r where r.work = 'pull:' || s.repository || ':' || s.pull)
       and not exists (select 1 from portcullis.heads h where h.work = 'pull:' || s.repository || ':' || s.pull)`,
  );
}
