import type { Team } from "../../gate/approvals/decide-approvals.ts";
import {
  coAuthorsIn,
  isKnown,
  type Account,
  type Contributor,
  type ProposedCommit,
} from "../../gate/approvals/people.ts";
import type { Clients } from "../../github/clients.ts";
import { failureOf } from "../../github/failure.ts";
import type { OrganizationClient } from "../../github/organization-client.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";

/** Services that can ask for the teams of an organisation. */
export interface UsesOrganization {
  readonly clients: Pick<Clients, "organization">;
}

/** The calls that tell who has a part in a pull request. */
export type CommitsCalls = Pick<RepositoryClient, "readAccountOf" | "readCommits">;

const MOST_ADDRESSES = 20;

/** The commits with the accounts of all who had a part in them; nothing where GitHub does not list all commits. */
export async function readProposedCommits(
  github: CommitsCalls,
  { place, number }: { readonly place: Place; readonly number: number },
  expected: number,
): Promise<{ readonly commits?: readonly ProposedCommit[] }> {
  const listed = await github.readCommits(place, number);
  if (listed.length !== expected) return {};
  const commits = listed.map(({ sha, message, author, committer }): ProposedCommit => ({
    sha,
    contributors: [{ role: "author", ...author }, { role: "committer", ...committer }, ...coAuthorsIn(message)],
  }));
  const known = new Map<string, Account>();
  const all = commits.flatMap(({ contributors }) => contributors);
  for (const { email, account } of all) if (account !== undefined) known.set(email.toLowerCase(), account);
  const unknown = new Set(all.filter((one) => !isKnown(one)).map(({ email }) => email.toLowerCase()));
  for (const email of [...unknown].slice(0, MOST_ADDRESSES)) {
    if (email === "" || known.has(email)) continue;
    const account = await unlessRefused(github.readAccountOf(place, email), undefined);
    if (account !== undefined) known.set(email, account);
  }
  const named = (one: Contributor): Contributor => {
    const account = one.account ?? known.get(one.email.toLowerCase());
    return account === undefined ? one : { ...one, account };
  };
  return { commits: commits.map(({ sha, contributors }) => ({ sha, contributors: contributors.map(named) })) };
}

/** Of these owners the teams, by name in lower case, with those of these people who are in them. */
export async function readTeams(
  services: UsesOrganization,
  { place, installation }: { readonly place: Place; readonly installation: number },
  owners: readonly string[],
  people: readonly Pick<Account, "id" | "login">[],
): Promise<ReadonlyMap<string, Team>> {
  const teams = new Map<string, Team>();
  let organization: OrganizationClient | undefined;
  for (const owner of new Set(owners.map((one) => one.toLowerCase()))) {
    const [name = "", slug] = owner.slice(1).split("/");
    if (slug === undefined) continue;
    if (name !== place.owner.toLowerCase()) {
      teams.set(owner, { kind: "unread", why: `the repository belongs to ${place.owner}` });
      continue;
    }
    organization ??= await services.clients.organization(installation);
    const team = organization === undefined ? undefined : await readTeam(organization, name, slug, people);
    teams.set(owner, team ?? { kind: "unread", why: "the installation has not granted Portcullis members: read" });
  }
  return teams;
}

/** A team; undefined where GitHub refuses to tell. */
async function readTeam(
  organization: OrganizationClient,
  name: string,
  slug: string,
  people: readonly Pick<Account, "id" | "login">[],
): Promise<Team | undefined> {
  const exists = await unlessRefused(organization.teamExists(name, slug), undefined);
  if (exists !== true) return exists === undefined ? undefined : { kind: "missing" };
  const members = new Set<number>();
  for (const { id, login } of people) if (await organization.isMember(name, slug, login)) members.add(id);
  return { kind: "team", members };
}

/** What GitHub answers; the other value where it refuses to. */
export async function unlessRefused<T, R>(answer: Promise<T>, refused: R): Promise<T | R> {
  try {
    return await answer;
  } catch (error) {
    if (failureOf(error)?.kind === "refused") return refused;
    throw error;
  }
}
