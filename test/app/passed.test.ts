import { expect, test } from "@jest/globals";
import { Octokit } from "octokit";
import { passedCommits } from "../../src/cli/judged-commit.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { deployment, rules } from "../support/fleet.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();

/** A repository of a name and the merges into it: each is judged first. */
async function repositoryWith(more = ""): Promise<Repository> {
  return shared.repositoryWith({ ...rules(more), "apps/web.yaml": deployment("nginx:1.27") });
}

async function judged(repository: Repository, image: string, name = "web"): Promise<PullRequest> {
  const pull = await shared.github.proposeFiles(repository, { [`apps/${name}.yaml`]: deployment(image, name) });
  await shared.verdict(pull);
  return pull;
}

async function merged(pull: PullRequest, method: "merge" | "squash" = "merge"): Promise<string> {
  const outcome = await shared.github.merge(pull, method);
  if (outcome.kind !== "merged") throw new Error("not merged");
  await shared.app.idle();
  return outcome.sha;
}

const storedOf = ({ id: repository }: Repository, days = 30) =>
  shared.app.server.services.store.listPassed({ repository, branch: "main", days, limit: 50 });

/** What GitHub's checks tell whoever has no server at hand. */
async function shownOf({ owner, name }: Repository): Promise<readonly string[]> {
  const { github } = shared;
  const octokit = new Octokit({ auth: github.tokenOf(owner), baseUrl: github.apiUrl });
  const found: string[] = [];
  const since = new Date(0).toISOString();
  const check = { name: "portcullis", appId: github.appId };
  const of = { branch: "main", since, most: 50 };
  for await (const one of passedCommits(octokit, { owner: owner.login, repo: name }, of, check)) found.push(one.commit);
  return found;
}

test("what was judged and merged is a passed state, newest first, and what merges brought along is none", async () => {
  const repository = await repositoryWith();
  const first = await merged(await judged(repository, "nginx:1.28"));
  const second = await merged(await judged(repository, "nginx:1.29"), "squash");
  const stored = await storedOf(repository);
  expect(stored.map(({ commit }) => commit)).toEqual([second, first]);
  expect(stored[0]).toMatchObject({ pull: 2, tree: expect.stringMatching(/^[0-9a-f]{40}$/), had: new Set() });
  expect(await shownOf(repository)).toEqual([second, first]);
  expect(await storedOf(repository, 0)).toEqual([]);
});

test("a merge past a failed check, and one onto a base that moved, are no passed states", async () => {
  const repository = await repositoryWith();
  await merged(await judged(repository, "nginx:latest"));
  const [one, other] = [await judged(repository, "nginx:1.30"), await judged(repository, "nginx:1.31", "other")];
  const first = await merged(one);
  await merged(other);
  expect((await storedOf(repository)).map(({ commit }) => commit)).toEqual([first]);
  expect(await shownOf(repository)).toEqual([first]);
});

test("a state that rules in mode report let through is none", async () => {
  const repository = await repositoryWith("mode: report\n");
  await merged(await judged(repository, "nginx:latest"));
  await merged(await judged(repository, "nginx:1.30"));
  expect(await storedOf(repository)).toEqual([]);
  expect(await shownOf(repository)).toEqual([]);
});

test("a state that an override let through is none, and no later one has what it brought", async () => {
  const { github } = shared;
  const repository = await repositoryWith('override: { teams: ["@acme/oncall"], minutes: 60 }\n');
  const olga = github.person("olga");
  github.createTeam(repository.owner, "oncall", [olga]);
  github.collaborate(repository, olga, "write");
  const pull = await judged(repository, "nginx:latest");
  github.comment(pull, "/portcullis override production is down", olga);
  await github.settle();
  expect((await shared.verdict(pull)).title).toMatch(/^Overridden by @olga/);
  await merged(pull);
  expect(await storedOf(repository)).toEqual([]);
  expect(await shownOf(repository)).toEqual([]);

  const harmless = await merged(await judged(repository, "nginx:1.28", "other"));
  expect(await storedOf(repository)).toMatchObject([{ commit: harmless, had: new Set() }]);
  await merged(await judged(repository, "nginx:1.30"));
  const back = await shared.verdict(await judged(repository, "nginx:latest"));
  expect([back.conclusion, back.title]).toEqual(["failure", expect.stringMatching(/^1 finding blocks/)]);
});

test("a merge past a failed check leaves nothing that later states have", async () => {
  const repository = await repositoryWith();
  await merged(await judged(repository, "nginx:latest"));
  await merged(await judged(repository, "nginx:1.28", "other"));
  expect(await storedOf(repository)).toMatchObject([{ had: new Set() }]);
});

test("what a passed state had is kept with it: findings that were there before", async () => {
  const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": deployment("nginx:latest") });
  await merged(await judged(repository, "nginx:1.28", "other"));
  const [state] = await storedOf(repository);
  expect([...(state?.had ?? [])]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  const left = "select job from portcullis.runs where repository = $1 and had is not null";
  expect(await shared.app.server.database.query(left, [repository.id])).toHaveLength(1);
});
