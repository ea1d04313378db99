import { expect, test } from "@jest/globals";
import { startApp } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub } from "../support/github/server.ts";
import { until } from "../support/until.ts";

test("a quota that is gone for longer than the deadline delays verdicts and makes none red", async () => {
  const github = await startGitHub();
  const app = await startApp(github);
  const repository = await github.createRepository({
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  const branches = ["web-0", "web-1", "web-2"];
  for (const name of branches)
    await github.pushCommit(repository, name, { [`apps/${name}.yaml`]: deployment("nginx:1.28") }, { from: "main" });
  await app.idle();
  const { rate } = github.world;
  rate.used = rate.limit;
  rate.resetAt = Math.ceil(Date.now() / 1_000) + 10;
  const pulls = [];
  for (const head of branches) pulls.push(await github.openPull(repository, { head }));
  const { database } = app.server;
  const hourPasses = (): Promise<readonly unknown[]> =>
    database.query(
      `update portcullis.work set since = since - interval '1 hour', held_since = held_since - interval '1 hour'
       where held_since is not null and held_since > now() - interval '1 hour' returning key`,
    );
  await until(async () => (await hourPasses()).length > 0, "work that is held back");
  for (const pull of pulls) {
    const run = await app.concluded(pull);
    expect([run.title, run.conclusion]).toEqual([expect.not.stringContaining("could not"), "success"]);
  }
  await app.idle();
  for (const pull of pulls) expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
  expect(github.violations).toEqual([]);
  await app.stop();
  await github.close();
});
