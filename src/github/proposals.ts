import { RequestError, type Octokit } from "octokit";
import type { Place } from "./pulls.ts";

/** An account, as far as approvals are concerned. */
export interface ShownAccount {
  readonly id: number;
  readonly login: string;
  /** `User`, `Bot`, `Organization` and others. */
  readonly type: string;
}

/** Who proposes a pull request, and how much. */
export interface Proposal {
  readonly head: string;
  /** Absent: the account is gone. */
  readonly author?: ShownAccount;
  /** The number of its commits. */
  readonly commits: number;
}

/** Reads who opened a pull request. Rejects with the error of octokit, as all functions here do. */
export async function readProposal(octokit: Octokit, place: Place, number: number): Promise<Proposal> {
  const { data } = await octokit.rest.pulls.get({ ...place, pull_number: number });
  const author = accountOf(data.user);
  return { head: data.head.sha, commits: data.commits, ...(author === undefined ? {} : { author }) };
}

/** A review as GitHub lists it. */
export interface ShownReview {
  readonly id: number;
  /** Absent: the account is gone. */
  readonly by?: ShownAccount;
  readonly state: "approved" | "changes requested" | "dismissed" | "commented";
  /** The head when it was submitted; empty where that commit is gone. */
  readonly commit: string;
  /** When it was submitted, in seconds; empty where GitHub does not tell. */
  readonly at: string;
}

const STATES: { readonly [state: string]: ShownReview["state"] } = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes requested",
  DISMISSED: "dismissed",
};

/** Reads all reviews of a pull request that were submitted, oldest first. */
export async function readReviews(octokit: Octokit, place: Place, number: number): Promise<readonly ShownReview[]> {
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, {
    ...place,
    pull_number: number,
    per_page: 100,
  });
  return reviews.map(({ id, user, state, commit_id: commit, submitted_at: at = "" }) => {
    const by = accountOf(user);
    return { id, state: STATES[state] ?? "commented", commit: commit ?? "", at, ...(by === undefined ? {} : { by }) };
  });
}

/** The second: GitHub gave it another one, since its own was deleted. */
const BASE_CHANGES: readonly string[] = ["base_ref_changed", "automatic_base_change_succeeded"];

/** Reads when a pull request was given another base branch last, in seconds; undefined if it has the one that it was opened with. */
export async function readBaseChange(octokit: Octokit, place: Place, number: number): Promise<string | undefined> {
  const events = await octokit.paginate(octokit.rest.issues.listEventsForTimeline, {
    ...place,
    issue_number: number,
    per_page: 100,
  });
  const changes = events.flatMap((event) =>
    "event" in event &&
    event.event !== undefined &&
    BASE_CHANGES.includes(event.event) &&
    "created_at" in event &&
    event.created_at !== undefined
      ? [event.created_at]
      : [],
  );
  return changes.toSorted().at(-1);
}

/** Somebody whom a commit names. */
interface ShownPerson {
  readonly name: string;
  readonly email: string;
  /** The account with this address; absent: GitHub knows none. */
  readonly account?: ShownAccount;
}

/** A commit of a pull request. */
export interface ShownCommit {
  readonly sha: string;
  readonly message: string;
  readonly author: ShownPerson;
  readonly committer: ShownPerson;
}

/** Reads the commits of a pull request: at most 250, however many it has. */
export async function readCommits(octokit: Octokit, place: Place, number: number): Promise<readonly ShownCommit[]> {
  const commits = await octokit.paginate(octokit.rest.pulls.listCommits, {
    ...place,
    pull_number: number,
    per_page: 100,
  });
  return commits.map(({ sha, commit, author, committer }) => ({
    sha,
    message: commit.message,
    author: personOf(commit.author, author),
    committer: personOf(commit.committer, committer),
  }));
}

/** The account that has an address, as commits of the repository show it; undefined where none does. */
export async function readAccountOf(octokit: Octokit, place: Place, email: string): Promise<ShownAccount | undefined> {
  const { data } = await octokit.rest.repos.listCommits({ ...place, author: email, per_page: 1 });
  const [newest] = data;
  return newest?.commit.author?.email?.toLowerCase() === email.toLowerCase() ? accountOf(newest.author) : undefined;
}

/** Reads what a user may do with the repository now; someone whom GitHub does not know may do nothing. */
export async function readPermission(
  octokit: Octokit,
  place: Place,
  username: string,
): Promise<"admin" | "write" | "less"> {
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...place, username });
    return data.permission === "admin" || data.permission === "write" ? data.permission : "less";
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return "less";
    throw error;
  }
}

/** Whether GitHub has an account of this name. */
export async function accountExists(octokit: Octokit, _place: Place, username: string): Promise<boolean> {
  try {
    await octokit.rest.users.getByUsername({ username });
    return true;
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return false;
    throw error;
  }
}

function personOf(
  written: { readonly name?: string; readonly email?: string } | null,
  user: object | null | undefined,
): ShownPerson {
  const account = accountOf(user);
  return {
    name: written?.name ?? "",
    email: written?.email ?? "",
    ...(account === undefined ? {} : { account }),
  };
}

/** GitHub writes an account that it does not know as null or as an empty object. */
function accountOf(user: object | null | undefined): ShownAccount | undefined {
  if (!user || !("id" in user) || !("login" in user) || typeof user.id !== "number") return undefined;
  return { id: user.id, login: String(user.login), type: "type" in user ? String(user.type) : "" };
}
