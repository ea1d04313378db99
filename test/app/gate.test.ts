import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { deployment, rules } from "../support/fleet.ts";

let github: SimulatedGitHub;
let app: TestApp;

beforeEach(async () => {
  github = await startGitHub();
  app = await startApp(github);
});
afterEach(async () => {
  await app.stop();
  await github.close();
});

test("a pull request that breaks policy is refused, its fix is let through", async () => {
  const repository = await github.createRepository({
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:latest") });

  const red = await app.concluded(pull);
  expect(red.conclusion).toBe("failure");
  expect(red.annotations).toMatchObject([
    { path: "apps/web.yaml", start_line: 14, end_line: 14, annotation_level: "failure" },
  ]);
  expect(red.externalId).toMatch(
    /^pull\/1 head\/[0-9a-f]{40} base\/[0-9a-f]{40} into\/main policies\/[0-9a-f]{16} job\//,
  );
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  await app.idle();
  expect(pull.reviewComments).toMatchObject([{ path: "apps/web.yaml", line: 14 }]);

  await github.pushToPull(pull, { "apps/web.yaml": deployment("nginx:1.28") });
  const green = await app.concluded(pull);
  expect(green.conclusion).toBe("success");
  expect(await github.merge(pull)).toMatchObject({ kind: "merged" });
  await app.idle();
  expect(github.violations).toEqual([]);
  const tokens = [...github.world.tokens.values()];
  const narrow = tokens.filter((token) => token.repositories !== undefined);
  expect(narrow.map((token) => [...(token.repositories ?? [])])).toEqual(narrow.map(() => [repository.id]));
  // Which repositories there are can be read with no other token.
  for (const token of tokens) if (!narrow.includes(token)) expect(token.permissions).toEqual({ metadata: "read" });
  expect(narrow[0]?.permissions).toEqual({
    metadata: "read",
    contents: "read",
    checks: "write",
    pull_requests: "write",
  });
});

test("where all findings block, the check says so of those that were there before, too", async () => {
  const repository = await github.createRepository({
    files: { ...rules("block: all\n"), "apps/web.yaml": deployment("nginx:latest") },
  });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": `# said\n${deployment("nginx:latest")}` });
  const run = await app.concluded(pull);
  expect(run).toMatchObject({ conclusion: "failure", title: expect.stringContaining("1 finding blocks") });
  expect(run.annotations).toMatchObject([{ path: "apps/web.yaml", start_line: 15, annotation_level: "failure" }]);
});
