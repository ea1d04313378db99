import { App, Octokit } from "octokit";
import type { SimulatedGitHub } from "./server.ts";
import type { Account, Installation, Repository } from "./state.ts";

const noop = (): void => undefined;
const silent = { debug: noop, info: noop, warn: noop, error: noop };
const QUICK = { throttle: { enabled: false }, retry: { enabled: false }, log: silent } as const;

export const ownerAndRepo = (repository: Repository): { owner: string; repo: string } => ({
  owner: repository.owner.login,
  repo: repository.name,
});

export function installationFor(github: SimulatedGitHub, repository: Repository): Installation {
  const found = github.world.installations.find((installation) => installation.account === repository.owner);
  if (found === undefined) throw new Error(`the App is not installed on ${repository.owner.login}`);
  return found;
}

/** The real octokit as the App, without throttling and retries. */
export function appClient(github: SimulatedGitHub): App {
  const Client = Octokit.defaults({ baseUrl: github.apiUrl, ...QUICK });
  return new App({ appId: github.appId, privateKey: github.privateKey, Octokit: Client, log: silent });
}

export function installationClient(github: SimulatedGitHub, repository: Repository): Promise<Octokit> {
  return appClient(github).getInstallationOctokit(installationFor(github, repository).id);
}

/** The real octokit with a token: an installation's, or a person's. */
export function tokenClient(github: SimulatedGitHub, token: string): Octokit {
  return new Octokit({ baseUrl: github.apiUrl, auth: token, ...QUICK });
}

export const personClient = (github: SimulatedGitHub, who: Account): Octokit =>
  tokenClient(github, github.tokenOf(who));
