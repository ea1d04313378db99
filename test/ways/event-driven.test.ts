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
  repository = await github.createRepository({
    fullName: "acme/event-driven",
    files: exampleOn(github, "event-driven"),
  });
  github.protect(repository, "main", {
    checks: [{ context: "portcullis", integrationId: github.appId }],
    mergeQueue: true,
  });
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

test.each([
  ["image-updater", "apps/web/.argocd-source-web.yaml", 3],
  ["renovate", "charts/api/values.yaml", 4],
])("a bot's pull request (%s) is refused at the line that the bot wrote", async (change, path, line) => {
  const pull = await github.proposeFiles(repository, exampleOn(github, "event-driven", change));
  const run = await app.concluded(pull);
  expect(run.conclusion).toBe("failure");
  expect(run.annotations).toMatchObject([{ path, start_line: line }]);
});

test("what a bot brings in order goes through the merge queue, judged as the group it becomes", async () => {
  const pull = await github.proposeFiles(repository, exampleOn(github, "event-driven", "image-updater-fixed"));
  expect((await app.concluded(pull)).conclusion).toBe("success");
  const head = await github.addToMergeQueue(pull);
  await app.idle();
  expect(repository.runs.filter(({ headSha }) => headSha === head)).toMatchObject([{ conclusion: "success" }]);
});

test("an event from outside has open pull requests judged again", async () => {
  const pull = await github.proposeFiles(repository, { "README.md": "# shop\n" });
  await app.concluded(pull);
  github.dispatch(repository, "portcullis-recheck", { pull_request: pull.number });
  await app.idle();
  expect(github.runsOf(pull, "portcullis")).toHaveLength(2);
  expect(github.violations).toEqual([]);
});
