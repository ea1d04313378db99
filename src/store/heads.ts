import type { Queries } from "./database.ts";

/**
 * What is known of the head of one pull request or merge group. Checks belong to a commit, so that one head in two pull
 * requests shows one conclusion: the worst.
 */
export interface Head {
  readonly work: string;
  readonly pull?: number;
  readonly head: string;
  /** What judging it gave; absent while it is judged. */
  readonly conclusion?: "success" | "failure";
  /** What its check run says; differs where another pull request with this head is worse. */
  readonly published?: "success" | "failure";
  /** Digest of the policies it was judged by. */
  readonly policies?: string;
}

interface HeadRow {
  readonly [column: string]: unknown;
  readonly work: string;
  readonly pull: number | null;
  readonly head: string;
  readonly conclusion: "success" | "failure" | null;
  readonly published: "success" | "failure" | null;
  readonly policies: string | null;
}

function toHead(row: HeadRow): Head {
  return {
    work: row.work,
    head: row.head,
    ...(row.pull === null ? {} : { pull: row.pull }),
    ...(row.conclusion === null ? {} : { conclusion: row.conclusion }),
    ...(row.published === null ? {} : { published: row.published }),
    ...(row.policies === null ? {} : { policies: row.policies }),
  };
}

/** From now on `head` is judged for this work, and nothing is known of it yet. */
export async function headPending(
  queries: Queries,
  head: { readonly work: string; readonly repository: number; readonly pull?: number; readonly head: string },
): Promise<void> {
  await queries.query(
    `insert into portcullis.heads (work, repository, pull, head) values ($1, $2, $3, $4)
     on conflict (work) do update set head = excluded.head, conclusion = null, published = null, policies = null`,
    [head.work, head.repository, head.pull ?? null, head.head],
  );
}

export async function headJudged(
  queries: Queries,
  work: string,
  conclusion: "success" | "failure",
  policies: string,
): Promise<void> {
  await queries.query("update portcullis.heads set conclusion = $2, policies = $3 where work = $1", [
    work,
    conclusion,
    policies,
  ]);
}

export async function headPublished(queries: Queries, work: string, published: "success" | "failure"): Promise<void> {
  await queries.query("update portcullis.heads set published = $2 where work = $1", [work, published]);
}

/** The same head in other open pull requests of the repository. */
export async function sharedHead(
  queries: Queries,
  repository: number,
  head: string,
  work: string,
): Promise<readonly Head[]> {
  const rows = await queries.query<HeadRow>(
    `select work, pull, head, conclusion, published, policies from portcullis.heads
     where repository = $1 and head = $2 and work <> $3 and pull is not null order by pull`,
    [repository, head, work],
  );
  return rows.map(toHead);
}

/** Everything that has this head: pull requests and groups. */
export async function headsAt(queries: Queries, repository: number, head: string): Promise<readonly Head[]> {
  const rows = await queries.query<HeadRow>(
    `select work, pull, head, conclusion, published, policies from portcullis.heads
     where repository = $1 and head = $2 order by work`,
    [repository, head],
  );
  return rows.map(toHead);
}

export async function headOf(queries: Queries, work: string): Promise<Head | undefined> {
  const [row] = await queries.query<HeadRow>(
    "select work, pull, head, conclusion, published, policies from portcullis.heads where work = $1",
    [work],
  );
  return row === undefined ? undefined : toHead(row);
}

/** The pull requests of a repository that something is known of. */
export async function knownPulls(queries: Queries, repository: number): Promise<readonly number[]> {
  const rows = await queries.query<{ pull: number }>(
    "select pull from portcullis.heads where repository = $1 and pull is not null order by pull",
    [repository],
  );
  return rows.map((row) => row.pull);
}

/** A closed pull request has no say any more. Answers the head that it had. */
export async function forgetHead(queries: Queries, work: string): Promise<string | undefined> {
  const [row] = await queries.query<{ head: string }>("delete from portcullis.heads where work = $1 returning head", [
    work,
  ]);
  return row?.head;
}
