import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { CheckRun, Repository } from "../support/github/state.ts";
import { until } from "../support/until.ts";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";

let github: SimulatedGitHub;
/** Another host. */
let foreign: GitServer;
let app: TestApp;
let base: Repository;
let count = 0;
/** What was asked before the first change: the App reads the default branch of each repository that it is installed on. */
let callsAtStart = 0;
let tokensAtStart: ReadonlySet<string> = new Set();

const deployment = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`;
const files = { "app/kustomization.yaml": "resources: [web.yaml]\n", "app/web.yaml": deployment("nginx:1.27") };

beforeAll(async () => {
  github = await startGitHub();
  foreign = await startGitServer();
  await foreign.create("corp/base.git", files);
  const create = (fullName: string): Promise<Repository> =>
    github.createRepository({ fullName, files, install: false });
  base = await create("corp/base");
  await create("corp/outside");
  await create("rival/base");
  const secret = await create("corp/secret");
  await github.pushCommit(base, "next", { "app/web.yaml": deployment("nginx:latest") });
  github.install(base.owner, [base, secret]);
  app = await startApp(github, { settings: { hosts: [`${github.url}/**`, `${foreign.origin}/**`] } });
  const compared = (): boolean => app.log.some((line) => line.includes('"part":"repositories"'));
  await until(compared, "the App to have compared its repositories with GitHub");
  await app.idle();
  callsAtStart = github.calls.length;
  tokensAtStart = new Set(github.world.tokens.keys());
});
afterAll(async () => {
  await app.stop();
  await Promise.all([github.close(), foreign.close()]);
});

const kustomization = (url: string): string => `resources: ["${url}"]\n`;

/** What the check says about a change of the URL that a kustomization loads. */
async function changed(remotes: string, before: string, after: string): Promise<CheckRun> {
  const repository = await github.createRepository({
    fullName: `corp/gitops-${++count}`,
    files: { ...rules(`remotes: ${remotes}\n`), "apps/kustomization.yaml": kustomization(before) },
    install: false,
  });
  const [installation] = github.world.installations;
  if (installation !== undefined) github.addToInstallation(installation, repository);
  const pull = await github.proposeFiles(repository, { "apps/kustomization.yaml": kustomization(after) });
  const run = await app.concluded(pull);
  expect(github.violations).toEqual([]);
  const shown = JSON.stringify([run, app.log]);
  for (const secret of github.world.tokens.keys()) expect(shown).not.toContain(secret);
  return run;
}
const at = (repository: string, ref = "main"): string => `${github.url}/${repository}.git//app?ref=${ref}`;
const asked = (repository: string): number =>
  github.calls.slice(callsAtStart).filter((call) => call.repository === repository).length;
const tokensFor = (repository: string): readonly object[] =>
  [...github.world.tokens.values()].filter(({ token, repositories }) => {
    if (tokensAtStart.has(token)) return false;
    const ids = github.world.repositories
      .filter(({ owner, name }) => `${owner.login}/${name}` === repository)
      .map(({ id }) => id);
    return ids.some((id) => repositories?.has(id) ?? true);
  });

test("a private base of the same owner is judged, with a token that reads it and nothing else", async () => {
  const run = await changed("{ fetch: known }", at("corp/base"), at("corp/base", "next"));
  expect(run).toMatchObject({ conclusion: "failure" });
  expect(run.annotations).toMatchObject([{ path: "apps/kustomization.yaml", start_line: 1 }]);
  expect(tokensFor("corp/base")).toMatchObject([
    { permissions: { contents: "read", metadata: "read" }, repositories: new Set([base.id]) },
  ]);
});

test("what only a change refers to is not read, even where anything may be fetched", async () => {
  for (const remotes of ["{ fetch: any }", "{ fetch: known }"]) {
    const run = await changed(remotes, at("corp/base"), at("corp/secret"));
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run.summary).toContain("is not fetched and not judged");
  }
  expect(asked("corp/secret")).toBe(0);
  expect(tokensFor("corp/secret")).toEqual([]);
});

test("what the rules allow is read where the App is installed, and nowhere else", async () => {
  const allow = `{ fetch: known, allow: ["${github.url}/**", "${foreign.origin}/**"] }`;
  expect(await changed(allow, at("corp/base"), at("corp/secret"))).toMatchObject({ conclusion: "success" });
  for (const repository of ["corp/outside", "rival/base"]) {
    const run = await changed(allow, at("corp/base"), at(repository));
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run.summary).toContain("answered 401 Unauthorized");
    expect(asked(repository)).toBeGreaterThan(0);
    expect(tokensFor(repository)).toEqual([]);
  }
  const elsewhere = `${foreign.url("corp/base.git")}//app?ref=main`;
  expect(await changed(allow, at("corp/base"), elsewhere)).toMatchObject({ conclusion: "success" });
  expect(foreign.seen.length).toBeGreaterThan(0);
  expect(foreign.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
});
