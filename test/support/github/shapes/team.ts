import type { Account, Team, World } from "../state.ts";
import type { JsonObject } from "../json.ts";
import { nodeId } from "./account.ts";

export function organizationShape(world: World, { id, login }: Account): JsonObject {
  const url = `${world.url}/api/v3/orgs/${login}`;
  return {
    id,
    login,
    node_id: nodeId("O", id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/${id}`,
    description: null,
  };
}

/** A team as it stands inside webhooks. */
export function teamShape(world: World, { id, slug, organization }: Team): JsonObject {
  const url = `${world.url}/api/v3/organizations/${organization.id}/team/${id}`;
  return {
    id,
    node_id: nodeId("T", id),
    name: slug,
    slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "pull",
    url,
    html_url: `${world.url}/orgs/${organization.login}/teams/${slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
  };
}

/** A team as it is read by its name. */
export function wholeTeamShape(world: World, team: Team): JsonObject {
  const { organization } = team;
  const at = "2024-01-01T00:00:00Z";
  return {
    ...teamShape(world, team),
    type: "organization",
    created_at: at,
    updated_at: at,
    members_count: team.members.size,
    repos_count: 1,
    organization: {
      ...organizationShape(world, organization),
      html_url: `${world.url}/${organization.login}`,
      has_organization_projects: true,
      has_repository_projects: true,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      type: "Organization",
      created_at: at,
      updated_at: at,
      archived_at: null,
    },
  };
}
