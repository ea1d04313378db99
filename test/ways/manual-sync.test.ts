import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { Repository } from "../support/github/state.ts";
import { exampleOn } from "./example.ts";

let github: SimulatedGitHub;
let app: TestApp;
let repository: Repository;

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github);
  repository = await github.createRepository({ fullName: "acme/manual-sync", files: exampleOn(github, "manual-sync") });
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

test.each([
  ["automated", "argocd/web.yaml", 16, /Application "web" syncs by itself/],
  ["outside-the-project", "argocd/web.yaml", 14, /kube-system/],
  ["orphan", "apps/web/settings.yaml", 5, /names no owner/],
])("the change %s is found at its line", async (change, path, line, message) => {
  const pull = await github.proposeFiles(repository, exampleOn(github, "manual-sync", change));
  const run = await app.concluded(pull);
  expect(run.conclusion).toBe("failure");
  expect(run.annotations).toMatchObject([{ path, start_line: line, message: expect.stringMatching(message) }]);
});

test("what waits for its sync is judged again when somebody asks", async () => {
  const pull = await github.proposeFiles(repository, { "README.md": "# waiting\n" });
  expect((await app.concluded(pull)).conclusion).toBe("success");
  github.comment(pull, "/portcullis recheck", repository.owner);
  await app.idle();
  expect(github.runsOf(pull, "portcullis").map(({ conclusion }) => conclusion)).toEqual(["success", "success"]);
  expect(github.violations).toEqual([]);
});
