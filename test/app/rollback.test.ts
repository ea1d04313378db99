import { execFileSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { looksLikeRollback } from "../../src/app/restoring/look-ahead.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();

type Files = { readonly [path: string]: string | null };

/** The branch has a finding before there is a gate, and is gated from then on. */
async function gitops(more: Files = {}, config = ""): Promise<Repository> {
  const files = { ...rules(config), "apps/web.yaml": deployment("nginx:latest"), ...more };
  return shared.repositoryWith(files as { readonly [path: string]: string });
}

async function proposed(repository: Repository, files: Files, title?: string): Promise<PullRequest> {
  const pull = await shared.github.proposeFiles(repository, files, title === undefined ? {} : { title });
  await shared.app.concluded(pull);
  return pull;
}

async function merged(pull: PullRequest, method: "merge" | "squash" = "squash"): Promise<string> {
  const outcome = await shared.github.merge(pull, method);
  if (outcome.kind !== "merged") throw new Error("not merged");
  await shared.app.idle();
  return outcome.sha;
}

const merge = async (repository: Repository, files: Files) => merged(await proposed(repository, files));

/** A repository with a passed state that has a finding, and a later one that mended it: bad was `c1`, good is the tip. */
async function mended(config = ""): Promise<{ readonly repository: Repository; readonly c1: string }> {
  const repository = await gitops({}, config);
  const c1 = await merge(repository, { "apps/api.yaml": deployment("nginx:1.27", "api") });
  await merge(repository, { "apps/web.yaml": deployment("nginx:1.28") });
  return { repository, c1 };
}

const BAD = { "apps/web.yaml": deployment("nginx:latest") };

async function verdict(pull: PullRequest): Promise<string> {
  const { conclusion, title, summary } = await shared.verdict(pull);
  const said = /Restores the state of [^.]*\./.exec(summary.replaceAll(/[\\\u200b]/g, ""))?.[0] ?? "restores nothing";
  // How long ago depends on the machine.
  return `${conclusion}: ${title}\n${said.replace(/merged (?:just now|\d+ minutes? ago)/, "merged just now")}`;
}

const restores = (commit: string, pull: number): string =>
  `Restores the state of \`${commit.slice(0, 7)}\` (#${pull}, merged just now, passed)`;

describe("a pull request that goes back", () => {
  test("to the tree of a passed state passes with what that had, names it, and may be merged", async () => {
    const { github } = shared;
    const { repository, c1 } = await mended();
    github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
    const pull = await proposed(repository, BAD);
    expect(await verdict(pull)).toBe(
      `success: Compliant · 2 manifests judged · restores ${c1.slice(0, 7)}\n${restores(c1, 1)}.`,
    );
    expect(await merged(pull)).toMatch(/^[0-9a-f]{40}$/);
    const [row] = await shared.app.server.database.query<{ body: string }>(
      "select body from portcullis.audit where kind = 'verdict' and repository_id = $1 order by sequence desc limit 1",
      [repository.id],
    );
    expect(JSON.parse(row?.body ?? "{}")).toMatchObject({ restores: [c1], counts: { introduced: 0, existing: 1 } });
  });

  test("and does something else is judged as any other, whatever its title says", async () => {
    const { repository } = await mended();
    const pull = await proposed(
      repository,
      { ...BAD, "apps/api.yaml": deployment("nginx:1.30", "api") },
      'Revert "Pin nginx"',
    );
    expect(await verdict(pull)).toBe("failure: 1 finding blocks in 1 file · 2 manifests judged\nrestores nothing");
  });

  test("in one environment of two restores that one", async () => {
    const config = `environments: { production: { paths: ["apps/production"] }, staging: { paths: ["apps/staging"] } }\n`;
    const repository = await gitops(
      {
        "apps/web.yaml": null,
        "apps/production/web.yaml": deployment("nginx:latest"),
        "apps/staging/web.yaml": deployment("nginx:1.1"),
      },
      config,
    );
    const c1 = await merge(repository, { "apps/staging/web.yaml": deployment("nginx:1.2") });
    await merge(repository, { "apps/production/web.yaml": deployment("nginx:1.3") });
    await merge(repository, { "apps/staging/web.yaml": deployment("nginx:1.4") });
    const pull = await proposed(repository, { "apps/production/web.yaml": deployment("nginx:latest") });
    expect(await verdict(pull)).toBe(
      `success: Compliant · 2 manifests judged · restores ${c1.slice(0, 7)}\n${restores(c1, 1)} in \`production\`.`,
    );
  });

  test("from a fork, and as a merge group, restores as well", async () => {
    const { github } = shared;
    const { repository, c1 } = await mended();
    github.protect(repository, "main", { checks: [], mergeQueue: true });
    const mallory = github.person("mallory");
    const fork = await github.fork(repository, mallory);
    await github.pushCommit(fork, "back", BAD, { by: mallory });
    const pull = await github.openPull(repository, { head: { repository: fork, name: "back" }, by: mallory });
    expect(await verdict(pull)).toContain(restores(c1, 1));
    const head = await github.addToMergeQueue(pull);
    await shared.app.idle();
    const runs = repository.runs.filter(({ headSha }) => headSha === head);
    expect(runs).toMatchObject([
      { conclusion: "success", title: expect.stringContaining(`restores ${c1.slice(0, 7)}`) },
    ]);
  });
});

test("a waiting pull request looks like a rollback by its trees alone", async () => {
  const { github, app } = shared;
  const { repository } = await mended();
  const looks = async (pull: PullRequest): Promise<boolean> => {
    await app.concluded(pull);
    const { id, owner, name } = repository;
    const installation = (await app.server.services.store.findRepository(id))?.installation ?? 0;
    const named = { id, owner: owner.login, name };
    const subject = { kind: "pull", number: pull.number, installation, repository: named } as const;
    return looksLikeRollback(app.server.services, subject, AbortSignal.timeout(600_000));
  };
  expect(await looks(await github.proposeFiles(repository, BAD))).toBe(true);
  const more = { ...BAD, "apps/new.yaml": deployment("nginx:1.1", "new") };
  expect(await looks(await github.proposeFiles(repository, more, { title: 'Revert "all"' }))).toBe(false);
  // A branch that only lags behind has the tree of an old state, and brings nothing of it back.
  const first = execFileSync("git", ["rev-parse", "refs/heads/main~1"], {
    cwd: repository.directory,
    encoding: "utf8",
  });
  await github.pushCommit(repository, "old", { "README.md": "1" }, { from: first.trim() });
  expect(await looks(await github.openPull(repository, { head: "old" }))).toBe(false);
});

describe("nothing is restored", () => {
  test.each<[string, string, (repository: Repository) => Promise<unknown>]>([
    [
      "where the state is older than `rollback.days`",
      "",
      async ({ id }) =>
        shared.app.server.database.query(
          "update portcullis.passed set merged_at = now() - interval '31 days' where repository = $1",
          [id],
        ),
    ],
    ["where `rollback.days` is 0", "rollback: { days: 0 }\n", async () => undefined],
    [
      "where a force push took the state out of the history",
      "",
      async (repository) => {
        const { directory } = repository;
        const git = (...args: string[]): string =>
          execFileSync("git", args, { cwd: directory, encoding: "utf8" }).trim();
        const tree = git("rev-parse", "refs/heads/main^{tree}");
        const alone = execFileSync(
          "git",
          ["-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", tree, "-m", "all"],
          { cwd: directory, encoding: "utf8" },
        ).trim();
        git("update-ref", "refs/heads/main", alone);
      },
    ],
  ])("%s", async (_, config, happens) => {
    const { repository } = await mended(config);
    await happens(repository);
    expect(await verdict(await proposed(repository, BAD))).toMatch(/^failure: .*\nrestores nothing$/s);
  });

  test("of what a merge past a failed check, or in mode report, left on the branch", async () => {
    const repository = await gitops({ "apps/web.yaml": deployment("nginx:1.27") });
    await merge(repository, BAD);
    await merge(repository, { "apps/web.yaml": deployment("nginx:1.28") });
    expect(await verdict(await proposed(repository, BAD))).toMatch(/^failure: .*\nrestores nothing$/s);
  });
});

test("a rule that came since blocks what it finds, and the check still names the state", async () => {
  const repository = await gitops({
    "apps/web.yaml": deployment("nginx:latest"),
    "policies/tag.rego": NO_LATEST.replace("deny", "warn"),
  });
  const c1 = await merge(repository, { "apps/api.yaml": deployment("nginx:1.27", "api") });
  await merge(repository, { "apps/web.yaml": deployment("nginx:1.28") });
  await merge(repository, { "policies/tag.rego": NO_LATEST });
  expect(await verdict(await proposed(repository, BAD))).toBe(
    `failure: 1 finding blocks in 1 file · 2 manifests judged · restores ${c1.slice(0, 7)}\n${restores(c1, 1)}.`,
  );
});

test("the rules that go back with the state are a change of rules: its loosening is shown, and nothing else of it counts", async () => {
  const { repository } = await mended();
  await merge(repository, {
    "policies/more.rego": NO_LATEST.replaceAll("latest", "edge").replace("package main", "package more"),
  });
  const pull = await proposed(repository, { ...BAD, "policies/more.rego": null });
  const { summary } = await shared.verdict(pull);
  expect(summary).toContain("removes the policy");
});
