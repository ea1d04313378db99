import type { Queries } from "./database.ts";

/** Why something cannot be worked on. */
export type UnavailableReason =
  /** An owner suspended the installation. */
  | "suspended"
  /** GitHub knows no such installation any more. */
  | "uninstalled"
  /** The installation lacks a permission. */
  | "permission"
  /** The repository is archived: GitHub accepts no check run. */
  | "archived"
  /** GitHub does not show it to the App: deleted, transferred, or removed from the installation. */
  | "gone"
  /** Git cannot fetch the commits. */
  | "unfetchable"
  /** GitHub refuses a request of the job. */
  | "refused"
  /** GitHub or the connection fails. */
  | "unanswered"
  /** It was not judged within the deadline. */
  | "late"
  /** The job fails because of a bug, or takes the process with it. */
  | "crashed";

/** What cannot be worked on: all of an installation, all of a repository, or one piece of work at one head. */
export type UnavailableScope =
  | { readonly kind: "installation"; readonly installation: number }
  | { readonly kind: "repository"; readonly installation: number; readonly repository: number }
  | {
      readonly kind: "work";
      readonly installation: number;
      readonly repository: number;
      readonly work: string;
      /** The head and base branch that were tried; a state of another head is another state. */
      readonly head?: string;
    };

/** A stored state of something that cannot be worked on. */
export interface Unavailable {
  readonly kind: UnavailableScope["kind"];
  readonly reason: UnavailableReason;
  readonly head?: string;
}

/** The pauses between attempts, in seconds: doubled each time, up to the longest. */
const FIRST_PAUSE = 60;
const LONGEST_PAUSE = 3_600;
/** GitHub and connections recover by themselves, and nothing tells when. */
const LONGEST_PAUSE_UNANSWERED = 300;

function keyOf(scope: UnavailableScope): string {
  switch (scope.kind) {
    case "installation":
      return `installation:${scope.installation}`;
    case "repository":
      return `repository:${scope.repository}`;
    case "work":
      return `work:${scope.work}`;
  }
}

/**
 * Stores that an attempt found `scope` unavailable. Several attempts at once count as one. Returns whether the state
 * began, and the seconds until the next attempt.
 */
export async function recordUnavailable(
  queries: Queries,
  scope: UnavailableScope,
  { reason, message }: { readonly reason: UnavailableReason; readonly message: string },
): Promise<{ readonly began: boolean; readonly seconds: number }> {
  const longest = reason === "unanswered" ? LONGEST_PAUSE_UNANSWERED : LONGEST_PAUSE;
  // Of a piece of work the head makes the state, as its reasons alternate.
  const [row] = await queries.query<{ began: boolean; seconds: number | string }>(
    `with known as (
       select since, attempts, next_at from portcullis.unavailable
       where scope = $1 and head is not distinct from $4 and (kind = 'work' or reason = $5)
     ), next as (
       select coalesce((select since from known), now()) as since,
         coalesce((select attempts + case when next_at <= now() then 1 else 0 end from known), 1) as attempts,
         (select next_at from known where next_at > now()) as waits
     )
     insert into portcullis.unavailable (scope, kind, installation, repository, head, reason, message, since, attempts, next_at)
     select $1, $2, $3, $9, $4, $5, $6, since, attempts,
       coalesce(waits, now() + make_interval(secs => least($7 * power(2, least(attempts, 20) - 1), $8))) from next
     on conflict (scope) do update set kind = excluded.kind, installation = excluded.installation,
       repository = excluded.repository, head = excluded.head, reason = excluded.reason, message = excluded.message,
       since = excluded.since, attempts = excluded.attempts, next_at = excluded.next_at
     returning since = now() as began, extract(epoch from next_at - now()) as seconds`,
    [
      keyOf(scope),
      scope.kind,
      scope.installation,
      scope.kind === "work" ? (scope.head ?? "") : null,
      reason,
      message,
      FIRST_PAUSE,
      longest,
      scope.kind === "installation" ? null : scope.repository,
    ],
  );
  return { began: row?.began ?? false, seconds: Math.max(0, Number(row?.seconds ?? FIRST_PAUSE)) };
}

/** Ends the state of `scope`. Returns its reason and how many seconds it lasted; undefined if there was none. */
export async function deleteUnavailable(
  queries: Queries,
  scope: UnavailableScope,
): Promise<{ readonly reason: UnavailableReason; readonly seconds: number } | undefined> {
  const [row] = await queries.query<{ reason: UnavailableReason; seconds: number | string }>(
    `delete from portcullis.unavailable where scope = $1
     returning reason, extract(epoch from now() - since) as seconds`,
    [keyOf(scope)],
  );
  return row === undefined ? undefined : { reason: row.reason, seconds: Math.round(Number(row.seconds)) };
}

/** Ends the pauses of the installation and the repository, so that the next attempt is made at once. */
export async function endPauses(queries: Queries, installation: number, repository: number): Promise<void> {
  await queries.query("update portcullis.unavailable set next_at = now() where scope = any($1) and next_at > now()", [
    [keyOf({ kind: "installation", installation }), keyOf({ kind: "repository", installation, repository })],
  ]);
}

/** How many states there are of each kind and reason. */
export async function countUnavailable(
  queries: Queries,
): Promise<
  readonly { readonly kind: Unavailable["kind"]; readonly reason: UnavailableReason; readonly count: number }[]
> {
  const rows = await queries.query<{
    kind: Unavailable["kind"];
    reason: UnavailableReason;
    count: number | string;
  }>("select kind, reason, count(*) as count from portcullis.unavailable group by kind, reason order by kind, reason");
  return rows.map(({ kind, reason, count }) => ({ kind, reason, count: Number(count) }));
}

/** The installations and repositories that have been gone for longer than `seconds`, without a webhook that said so. */
export async function listLongGone(
  queries: Queries,
  seconds: number,
): Promise<readonly { readonly installation: number; readonly repository?: number }[]> {
  const rows = await queries.query<{ installation: number | string; repository: number | string | null }>(
    `select installation, repository from portcullis.unavailable
     where kind <> 'work' and reason in ('uninstalled', 'gone') and since < now() - make_interval(secs => $1)`,
    [seconds],
  );
  return rows.map(({ installation, repository }) => ({
    installation: Number(installation),
    ...(repository === null ? {} : { repository: Number(repository) }),
  }));
}

/** Deletes the states of work that is deleted, which nothing would end. */
export async function deleteStrayStates(queries: Queries): Promise<void> {
  await queries.query(
    `delete from portcullis.unavailable u
     where kind = 'work' and not exists (select 1 from portcullis.work w where 'work:' || w.key = u.scope)`,
  );
}
