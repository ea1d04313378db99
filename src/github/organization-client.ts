import { RequestError, type Octokit } from "octokit";

/** What is asked about the teams of the organisation that has an installation. Rejects with octokit's errors. */
export interface OrganizationClient {
  /** Whether there is a team of this name. */
  teamExists(organization: string, team: string): Promise<boolean>;
  /** Whether a user belongs to a team, or to one below it. An invitation is not enough. */
  isMember(organization: string, team: string, username: string): Promise<boolean>;
}

/** The calls made with an octokit client whose token has `members: read`. */
export function organizationClient(octokit: Octokit): OrganizationClient {
  return {
    teamExists: async (org, team_slug) => (await found(octokit.rest.teams.getByName({ org, team_slug }))) !== undefined,
    isMember: async (org, team_slug, username) => {
      const asked = octokit.rest.teams.getMembershipForUserInOrg({ org, team_slug, username });
      return (await found(asked))?.data.state === "active";
    },
  };
}

/** The answer; undefined for 404. */
async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}
