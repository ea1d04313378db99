import type { Account, PullRequest, Repository, Team } from "../support/github/state.ts";
import { deployment, rules } from "../support/fleet.ts";
import type { SharedApp } from "./shared-app.ts";

/** Rules that a team owns, and the same with one that no longer blocks. */
export const OWNED = 'owners: { "**": ["@acme/security"] }\nlevels: { main: deny }\n';
export const LOOSENED = 'owners: { "**": ["@acme/security"] }\nlevels: { main: warn }\n';

type Said = Awaited<ReturnType<SharedApp["verdict"]>>;

/** What tests of approvals do with repositories whose rules the team @acme/security owns, in which alice is. */
export interface OwnedRepositories {
  readonly person: (login: string) => Account;
  readonly security: () => Team;
  readonly owned: (config?: string, files?: { readonly [path: string]: string }) => Promise<Repository>;
  /** A pull request that loosens the rules. */
  readonly loosen: (repository: Repository, by?: Account) => Promise<PullRequest>;
  /** Has people approve, and answers what the check says then. */
  readonly approvedBy: (pull: PullRequest, ...logins: readonly string[]) => Promise<Said>;
  /** What the check says, without what keeps GitHub from reading it as Markdown. */
  readonly verdict: (pull: PullRequest) => Promise<Said>;
}

export function ownedRepositories(shared: SharedApp): OwnedRepositories {
  const person = (login: string): Account => shared.github.person(login);
  const verdict = async (pull: PullRequest): Promise<Said> => {
    const said = await shared.verdict(pull);
    return { ...said, summary: said.summary.replaceAll(/[\\\u200b]/g, "") };
  };
  return {
    person,
    verdict,
    security: () => shared.github.world.teams.find(({ slug }) => slug === "security")!,
    async owned(config = OWNED, files = {}) {
      const { github } = shared;
      const repository = await shared.repositoryWith({
        ...rules(config),
        "apps/web.yaml": deployment("nginx:1.27"),
        ...files,
      });
      if (!github.world.teams.some(({ slug }) => slug === "security"))
        github.createTeam(repository.owner, "security", [person("alice")]);
      for (const login of ["alice", "bob", "dev"]) github.collaborate(repository, person(login), "write");
      return repository;
    },
    loosen: (repository, by = person("dev")) =>
      shared.github.proposeFiles(repository, { "portcullis.yaml": rules(LOOSENED)["portcullis.yaml"]! }, { by }),
    async approvedBy(pull, ...logins) {
      for (const login of logins) await shared.github.review(pull, person(login));
      await shared.github.settle();
      return verdict(pull);
    },
  };
}
