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
  repository = await github.createRepository({ fullName: "acme/pull-based", files: exampleOn(github, "pull-based") });
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

test("an image in the base is found at its line, in the environment that Flux takes it to", async () => {
  const pull = await github.proposeFiles(repository, exampleOn(github, "pull-based", "image-that-moves"));
  const run = await app.concluded(pull);
  expect(run.conclusion).toBe("failure");
  expect(run.annotations).toMatchObject([
    { path: "apps/base/deployment.yaml", start_line: 23, annotation_level: "failure" },
  ]);
  expect(run.summary).toMatch(/production/);
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
});

test("taking a file out of resources deletes its object, and is let through with that said", async () => {
  const pull = await github.proposeFiles(repository, exampleOn(github, "pull-based", "service-removed"));
  const run = await app.concluded(pull);
  expect(run.conclusion).toBe("success");
  expect(run.summary).toMatch(/1 deleted/);
  expect(github.violations).toEqual([]);
});
