import type { Queries } from "./database.ts";
import type { RepositoryName, Subject } from "./work.ts";

/**
 * What is stored about the head of one pull request or merge group. Checks belong to a commit, so pull requests with
 * the same head and check show one conclusion: the worst.
 */
export interface Head {
  readonly work: string;
  readonly pull?: number;
  readonly head: string;
  /** The name of its check; absent if a version without such names stored it. */
  readonly check?: string;
  /** The conclusion of judging it; absent until it is judged. */
  readonly conclusion?: "success" | "failure";
  /** The conclusion that its check run shows; differs if another pull request with this head is worse. */
  readonly published?: "success" | "failure";
  /** The digest of the policies it was judged by. */
  readonly policies?: string;
  /** What owners were asked to approve, and a digest of what they said; absent: nothing. */
  readonly approvals?: AskedApprovals;
  /** When the first waiver that the verdict rests on expires, ISO 8601; absent: it rests on none. */
  readonly validUntil?: string;
}

/** What owners of rules were asked to approve. */
export interface AskedApprovals {
  readonly needs: readonly {
    readonly what: string;
    readonly key: string;
    readonly path: string;
    readonly line: number;
    readonly owners: readonly string[];
    readonly fingerprint: string;
  }[];
  /** A digest of what they said. */
  readonly decision: string;
  /** Who has approved what, by login. */
  readonly approvers: readonly { readonly by: string; readonly what: readonly string[] }[];
}

interface HeadRow {
  readonly [column: string]: unknown;
  readonly work: string;
  readonly pull: number | null;
  readonly head: string;
  readonly check_name: string | null;
  readonly conclusion: "success" | "failure" | null;
  readonly published: "success" | "failure" | null;
  readonly policies: string | null;
  readonly approvals: AskedApprovals | null;
  readonly valid_until: Date | string | null;
}

const COLUMNS = "work, pull, head, check_name, conclusion, published, policies, approvals, valid_until";

function toHead(row: HeadRow): Head {
  return {
    work: row.work,
    head: row.head,
    ...(row.pull === null ? {} : { pull: row.pull }),
    ...(row.check_name === null ? {} : { check: row.check_name }),
    ...(row.conclusion === null ? {} : { conclusion: row.conclusion }),
    ...(row.published === null ? {} : { published: row.published }),
    ...(row.policies === null ? {} : { policies: row.policies }),
    ...(row.approvals === null ? {} : { approvals: row.approvals }),
    ...(row.valid_until === null ? {} : { validUntil: new Date(row.valid_until).toISOString() }),
  };
}

/** Sets the head of a work and clears its conclusions. */
export async function recordPendingHead(
  queries: Queries,
  head: {
    readonly work: string;
    readonly repository: number;
    readonly pull?: number;
    readonly head: string;
    readonly check: string;
  },
): Promise<void> {
  await queries.query(
    `insert into portcullis.heads (work, repository, pull, head, check_name) values ($1, $2, $3, $4, $5)
     on conflict (work) do update set head = excluded.head, check_name = excluded.check_name, conclusion = null, published = null, policies = null, approvals = null, valid_until = null`,
    [head.work, head.repository, head.pull ?? null, head.head, head.check],
  );
}

/** Stores a head whose check run GitHub shows, unless one is stored for this work. What its verdict rests on is not known: it holds for a day. */
export async function adoptHead(
  queries: Queries,
  head: Required<Omit<Head, "published" | "approvals" | "validUntil">> & { readonly repository: number },
): Promise<void> {
  await queries.query(
    `insert into portcullis.heads (work, repository, pull, head, check_name, conclusion, published, policies, valid_until)
     values ($1, $2, $3, $4, $5, $6, $6, $7, now() + interval '1 day') on conflict do nothing`,
    [head.work, head.repository, head.pull, head.head, head.check, head.conclusion, head.policies],
  );
}

/** Stores the conclusion of judging the head, the digest of the policies, the name of its check, and what it rests on besides. */
export async function recordHeadConclusion(
  queries: Queries,
  work: string,
  conclusion: "success" | "failure",
  policies: string,
  check: string,
  {
    approvals,
    validUntil,
  }: { readonly approvals?: AskedApprovals | undefined; readonly validUntil?: string | undefined } = {},
): Promise<void> {
  await queries.query(
    "update portcullis.heads set conclusion = $2, policies = $3, check_name = $4, approvals = $5, valid_until = $6 where work = $1",
    [work, conclusion, policies, check, approvals === undefined ? null : JSON.stringify(approvals), validUntil ?? null],
  );
}

/** The pull requests whose verdict rests on something that has expired by `now`. A merge group is merged within minutes, or never. */
export async function listExpiredSubjects(queries: Queries, now: Date): Promise<readonly Subject[]> {
  const rows = await queries.query<{ subject: Subject }>(
    `select w.subject from portcullis.heads h join portcullis.work w on w.key = h.work
     where h.valid_until <= $1 and h.pull is not null and h.conclusion is not null order by h.valid_until, h.work`,
    [now.toISOString()],
  );
  return rows.map(({ subject }) => subject);
}

/** The pull requests of an installation whose owners were asked to approve something. */
export async function listAskedPulls(
  queries: Queries,
  installation: number,
): Promise<readonly { readonly repository: RepositoryName; readonly pull: number }[]> {
  const rows = await queries.query<{ id: string | number; owner: string; name: string; pull: number }>(
    `select r.id, r.owner, r.name, h.pull from portcullis.heads h join portcullis.repositories r on r.id = h.repository
     where r.installation = $1 and h.pull is not null and h.approvals is not null order by r.id, h.pull`,
    [installation],
  );
  return rows.map(({ id, owner, name, pull }) => ({ repository: { id: Number(id), owner, name }, pull }));
}

/** Stores the conclusion that the check run of the head shows. */
export async function recordPublishedConclusion(
  queries: Queries,
  work: string,
  published: "success" | "failure",
): Promise<void> {
  await queries.query("update portcullis.heads set published = $2 where work = $1", [work, published]);
}

/** The other open pull requests of the repository with the same head and check. */
export async function otherPullsWithHead(
  queries: Queries,
  repository: number,
  head: string,
  check: string,
  work: string,
): Promise<readonly Head[]> {
  const rows = await queries.query<HeadRow>(
    `select ${COLUMNS} from portcullis.heads
     where repository = $1 and head = $2 and coalesce(check_name, $3) = $3 and work <> $4 and pull is not null
     order by pull`,
    [repository, head, check, work],
  );
  return rows.map(toHead);
}

/** All pull requests and merge groups with this head. */
export async function findHeadsByCommit(queries: Queries, repository: number, head: string): Promise<readonly Head[]> {
  const rows = await queries.query<HeadRow>(
    `select ${COLUMNS} from portcullis.heads where repository = $1 and head = $2 order by work`,
    [repository, head],
  );
  return rows.map(toHead);
}

/** The head of a work, or undefined if none is stored. */
export async function findHead(queries: Queries, work: string): Promise<Head | undefined> {
  const [row] = await queries.query<HeadRow>(`select ${COLUMNS} from portcullis.heads where work = $1`, [work]);
  return row === undefined ? undefined : toHead(row);
}

/** The numbers of the pull requests of a repository whose head is stored. */
export async function listTrackedPulls(queries: Queries, repository: number): Promise<readonly number[]> {
  const rows = await queries.query<{ pull: number }>(
    "select pull from portcullis.heads where repository = $1 and pull is not null order by pull",
    [repository],
  );
  return rows.map((row) => row.pull);
}

/** Deletes the head of a closed pull request and returns it. */
export async function deleteHead(queries: Queries, work: string): Promise<Head | undefined> {
  const [row] = await queries.query<HeadRow>(`delete from portcullis.heads where work = $1 returning ${COLUMNS}`, [
    work,
  ]);
  return row === undefined ? undefined : toHead(row);
}
