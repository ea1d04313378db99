import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { sweep } from "../../src/app/jobs/sweep.ts";
import { deployment, rules } from "../support/fleet.ts";

let github: SimulatedGitHub;
let app: TestApp;
let later = 0;

beforeEach(async () => {
  github = await startGitHub();
  later = 0;
  app = await startApp(github, { now: () => new Date(Date.now() + later) });
});
afterEach(async () => {
  await app.stop();
  await github.close();
});

const inForty = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
const waiver = {
  "waivers/web.yaml": `- policy: main
  match: { name: web, path: apps/web.yaml }
  reason: the vendor moves it
  ticket: SEC-1
  expires: ${inForty}
`,
};

test("a waiver counts once it is merged, and not in the pull request that brings it", async () => {
  const repository = await github.createRepository({
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  const pull = await github.proposeFiles(repository, { ...waiver, "apps/web.yaml": deployment("nginx:latest") });
  const red = await app.concluded(pull);
  expect(red.conclusion).toBe("failure");
  expect(red.summary).toContain("added by this change, does not count yet; it would cover 1 finding");
  expect(red.summary).toMatch(/To waive it: `npx \S+ waive [0-9a-f]{12} --base origin\/main --reason "…"`/);

  const alone = await github.proposeFiles(repository, waiver);
  expect((await app.concluded(alone)).conclusion).toBe("success");
  expect(await github.merge(alone)).toMatchObject({ kind: "merged" });
  await app.idle();
  await github.pushToPull(pull, { "apps/web.yaml": `# again\n${deployment("nginx:latest")}` });
  const green = await app.concluded(pull);
  expect(green).toMatchObject({ conclusion: "success", annotations: [] });
  expect(green.summary).toContain("Waived: 1");
  expect(green.summary).toContain("the vendor moves it");
  await app.idle();
  expect(pull.reviewComments).toEqual([]);
});

test("a file with waivers that cannot be read blocks the pull request that breaks it", async () => {
  const repository = await github.createRepository({
    files: { ...rules(), ...waiver, "apps/web.yaml": deployment("nginx:1.27") },
  });
  const pull = await github.proposeFiles(repository, { "waivers/web.yaml": "- policy: a/b\n  reason: none\n" });
  const red = await app.concluded(pull);
  expect(red.conclusion).toBe("failure");
  expect(red.annotations).toEqual(
    expect.arrayContaining([expect.objectContaining({ path: "waivers/web.yaml", start_line: 1 })]),
  );
});

test("an open pull request is judged again when a waiver that it rests on is withdrawn, or has come", async () => {
  const repository = await github.createRepository({
    files: { ...rules(), ...waiver, "apps/web.yaml": deployment("nginx:1.27") },
  });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:latest") });
  expect((await app.concluded(pull)).conclusion).toBe("success");
  await app.idle();

  await github.pushCommit(repository, "main", { "waivers/web.yaml": "" });
  await app.idle();
  expect((await app.concluded(pull)).conclusion).toBe("failure");

  await github.pushCommit(repository, "main", waiver);
  await app.idle();
  expect((await app.concluded(pull)).conclusion).toBe("success");
});

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test("a check that rests on the waiver of an annotation blocks again once that has expired", async () => {
  const repository = await github.createRepository({
    files: { ...rules("waivers: { annotations: [main] }\n"), "apps/web.yaml": deployment("nginx:1.27") },
  });
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const annotated = (expires: string): string =>
    deployment("nginx:latest").replace(
      "  namespace: shop\n",
      `  namespace: shop\n  annotations:\n    portcullis.dev/waive: "{ policy: main, reason: the vendor moves it, expires: ${expires} }"\n`,
    );
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": annotated(inDays(9)) });
  const longer = await github.proposeFiles(repository, { "apps/web.yaml": annotated(inDays(12)) });
  for (const one of [pull, longer]) expect((await app.concluded(one)).conclusion).toBe("success");
  await app.idle();
  const judged = repository.runs.length;
  await sweep(app.server.services, 3_600);
  await app.idle();
  expect(repository.runs.length).toBe(judged);
  later = 10 * 86_400_000;
  await sweep(app.server.services, 3_600);
  await app.idle();
  const red = await app.concluded(pull);
  expect(red.conclusion).toBe("failure");
  expect(red.summary).toContain("expired on");
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  expect((await app.concluded(longer)).conclusion).toBe("success");
});
