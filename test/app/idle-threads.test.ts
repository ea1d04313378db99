import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { until } from "../support/until.ts";

let github: SimulatedGitHub;
let app: TestApp;
beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github, { idleMilliseconds: 20 });
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

test("after a pause in which all judge threads ended, pull requests are judged as before", async () => {
  const repository = await github.createRepository({
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27", "web") },
  });
  for (const [image, conclusion] of [
    ["nginx:1.28", "success"],
    ["nginx:latest", "failure"],
    ["nginx:1.29", "success"],
  ] as const) {
    const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment(image, "web") });
    expect((await app.concluded(pull)).conclusion).toBe(conclusion);
    await app.idle();
    await until(() => app.server.judgeThreads() === 0, "the judge threads to end");
  }
  expect(await (await fetch(`${app.url}/metrics`)).text()).toMatch(/^portcullis_judge_worker_restarts_total 0$/m);
});
