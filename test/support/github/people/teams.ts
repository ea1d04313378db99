// Teams of an organisation, and who belongs to them.
import { emit } from "../deliveries.ts";
import { accountShape } from "../shapes/account.ts";
import { simpleInstallation } from "../shapes/installation.ts";
import { organizationShape, teamShape } from "../shapes/team.ts";
import { nextId, type Account, type Team, type World } from "../state.ts";
import type { JsonObject } from "../json.ts";

export function teams(world: World) {
  const tell = (team: Team, event: string, more: JsonObject): void => {
    const { organization } = team;
    const installation = world.installations.find(({ account }) => account === organization);
    if (installation === undefined) return;
    const payload = {
      ...more,
      team: teamShape(world, team),
      organization: organizationShape(world, organization),
      sender: accountShape(world, organization),
      installation: simpleInstallation(installation),
    };
    emit(world, installation, event, payload);
  };
  const membership = (team: Team, who: Account, action: "added" | "removed"): void =>
    tell(team, "membership", { action, scope: "team", member: accountShape(world, who) });
  return {
    /** A team of an organisation; members of a team below another are members of that as well. */
    createTeam(organization: Account, slug: string, members: readonly Account[], parent?: Team): Team {
      const team: Team = {
        id: nextId(world),
        organization,
        slug,
        members: new Set(members),
        ...(parent && { parent }),
      };
      world.teams.push(team);
      return team;
    },
    joinTeam(team: Team, who: Account): void {
      team.members.add(who);
      membership(team, who, "added");
    },
    leaveTeam(team: Team, who: Account): void {
      team.members.delete(who);
      membership(team, who, "removed");
    },
    renameTeam(team: Team, slug: string): void {
      const from = team.slug;
      team.slug = slug;
      tell(team, "team", { action: "edited", changes: { name: { from } } });
    },
  };
}

/** Whether somebody belongs to a team or to one below it. */
export function belongs(world: World, team: Team, who: Account): boolean {
  return team.members.has(who) || world.teams.some((below) => below.parent === team && belongs(world, below, who));
}
