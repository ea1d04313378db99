import { notFound, ok, refuse, type Answer, type Asked, type Routes } from "../answer.ts";
import { belongs } from "../people/teams.ts";
import { accountShape } from "../shapes/account.ts";
import { wholeTeamShape } from "../shapes/team.ts";
import type { Team } from "../state.ts";

/** Answers about a team, to who may read members of its organisation. */
function ofTeam(asked: Asked, answer: (team: Team) => Answer): Answer {
  const { actor, path, world } = asked;
  const team = world.teams.find(
    ({ slug, organization }) =>
      slug === path["team_slug"] && organization.login.toLowerCase() === String(path["org"]).toLowerCase(),
  );
  if (actor.kind === "installation") {
    const { permissions, installation } = actor.token;
    if (permissions["members"] === undefined) return refuse(403, "Resource not accessible by integration");
    if (team !== undefined && installation.account !== team.organization) return notFound();
  }
  return team === undefined ? notFound() : answer(team);
}

const accountOf = ({ world, path }: Asked) =>
  [...world.accounts.values()].find(({ login }) => login.toLowerCase() === String(path["username"]).toLowerCase());

export const teamRoutes: Routes = {
  "teams/get-by-name": {
    by: ["installation", "person"],
    plain: (asked) => ofTeam(asked, (team) => ok(wholeTeamShape(asked.world, team))),
  },
  "teams/get-membership-for-user-in-org": {
    by: ["installation", "person"],
    plain: (asked) =>
      ofTeam(asked, (team) => {
        const who = accountOf(asked);
        if (who === undefined || !belongs(asked.world, team, who)) return notFound();
        return ok({ role: "member", state: "active", url: `${asked.url}` });
      }),
  },
  "users/get-by-username": {
    by: ["installation", "person", "anonymous"],
    plain: (asked) => {
      const who = accountOf(asked);
      if (who === undefined) return notFound();
      return ok({
        ...accountShape(asked.world, who),
        name: null,
        company: null,
        blog: null,
        location: null,
        email: null,
        hireable: null,
        bio: null,
        public_repos: 0,
        public_gists: 0,
        followers: 0,
        following: 0,
        created_at: "2024-01-01T00:00:00Z",
        updated_at: "2024-01-01T00:00:00Z",
        user_view_type: "public",
      });
    },
  },
};
