import { describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../support/app.ts";
import { startGitHub } from "../support/github/server.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();

const GOOD = deployment("nginx:1.27");
const BETTER = deployment("nginx:1.28");

describe("a policy that misbehaves is a problem with its name, and refuses:", () => {
  test.each([
    [
      "loops",
      "n := count([1 | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i * j == 7])\n  n > 0",
    ],
    ["answers with numbers", "false", "deny contains 7 if true\n"],
  ])("%s", async (_name, condition, extra = "") => {
    const bad = `# METADATA
# title: A sick policy
package bad

${extra}deny contains "x" if {
  input.kind == "Deployment"
  ${condition}
}
`;
    const repository = await shared.repositoryWith({
      ...rules(),
      "policies/bad.rego": bad,
      "apps/web.yaml": GOOD,
    });
    const pull = await shared.github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:latest") });
    const { conclusion, summary } = await shared.verdict(pull);
    expect(conclusion).toBe("failure");
    expect(summary).toMatch(
      /policy bad: rule deny .*(it took more than 100 million steps|it needed more than 256 MiB of memory|a number in it)/,
    );
    // The healthy policy's finding is not hidden by the sick one.
    expect(summary).toContain("uses a tag that moves");
  });
});

describe("rules that stop compiling", () => {
  test("leave the last good ones in force, and the pull request that mends them goes through", async () => {
    const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
    const first = await shared.github.proposeFiles(repository, { "apps/web.yaml": BETTER });
    expect((await shared.verdict(first)).conclusion).toBe("success");
    await shared.github.pushCommit(repository, "main", {
      "policies/tag.rego": "package main\n\ndeny contains msg if {\n",
    });
    const bad = await shared.github.proposeFiles(repository, { "apps/new.yaml": deployment("x:latest", "x") });
    const judged = await shared.verdict(bad);
    expect(judged.conclusion).toBe("failure");
    expect(judged.summary).toMatch(/the last that compiled: the rules on main cannot be used/);
    const mend = await shared.github.proposeFiles(repository, { "policies/tag.rego": `${NO_LATEST}# mended\n` });
    expect((await shared.verdict(mend)).conclusion).toBe("success");
    expect(await shared.github.merge(mend)).toMatchObject({ kind: "merged" });
    const after = await shared.verdict(bad);
    expect(after.conclusion).toBe("failure");
    expect(after.summary).not.toContain("the last that compiled");
  });

  test("are refused in the pull request that breaks them", async () => {
    const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
    const pull = await shared.github.proposeFiles(repository, {
      "policies/new.rego": "package main\n\ndeny contains 1 if { http.send({}) }\n",
    });
    const { conclusion, summary } = await shared.verdict(pull);
    expect(conclusion).toBe("failure");
    expect(summary).toContain("http");
  });

  test("that never compiled let only changes of themselves through", async () => {
    const repository = await shared.repositoryWith({
      ...rules(),
      "portcullis.yaml": "version: 1\npolicys: [policies]\n",
      "apps/web.yaml": GOOD,
    });
    const other = await shared.github.proposeFiles(repository, { "apps/web.yaml": BETTER });
    const refused = await shared.verdict(other);
    expect(refused.conclusion).toBe("failure");
    expect(refused.summary).toContain("No rules are in force yet");
    const mend = await shared.github.proposeFiles(repository, rules());
    expect((await shared.verdict(mend)).conclusion).toBe("success");
    await shared.github.merge(mend);
    expect((await shared.verdict(other)).conclusion).toBe("success");
  });
});

test("a burst of ten pushes ends with one verdict, for the last head", async () => {
  const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const pull = await shared.github.proposeFiles(repository, { "apps/web.yaml": deployment("a:latest") });
  for (let n = 0; n < 9; n++) {
    await shared.github.pushToPull(pull, { "apps/web.yaml": deployment(n === 8 ? "nginx:1.29" : `b${n}:latest`) });
  }
  expect((await shared.verdict(pull)).conclusion).toBe("success");
  expect(shared.github.runsOf(pull, "portcullis")).toHaveLength(1);
  expect(repository.runs.filter((run) => run.status !== "completed")).toEqual([]);
});

test("webhooks that come twice, late and out of order change nothing", async () => {
  const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  Object.assign(shared.github.delivery, { copies: 3, reorderWithin: 200 });
  const pull = await shared.github.proposeFiles(repository, { "apps/web.yaml": deployment("a:latest") });
  await shared.github.pushToPull(pull, { "apps/web.yaml": BETTER });
  expect((await shared.verdict(pull)).conclusion).toBe("success");
  Object.assign(shared.github.delivery, { copies: 1, reorderWithin: 0 });
  for (const delivery of shared.github.deliveries.slice(-3)) shared.github.redeliver(delivery);
  await shared.app.idle();
  expect(shared.github.runsOf(pull, "portcullis")).toHaveLength(1);
});

test("a webhook that is lost is made good by the sweep", async () => {
  const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const first = await shared.github.proposeFiles(repository, { "apps/web.yaml": BETTER });
  await shared.verdict(first);
  shared.github.delivery.drop = () => true;
  const pull = await shared.github.proposeFiles(repository, { "apps/web.yaml": deployment("a:latest") });
  await shared.github.settle();
  shared.github.delivery.drop = () => false;
  await shared.app.server.services.queue.sweepOncePer(1);
  expect((await shared.app.concluded(pull)).conclusion).toBe("failure");
});

test("a pull request in conflict is judged, and the check says how", async () => {
  const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const pull = await shared.github.proposeFiles(repository, { "apps/web.yaml": deployment("a:latest") });
  await shared.verdict(pull);
  await shared.github.pushCommit(repository, "main", { "apps/web.yaml": deployment("nginx:1.99") });
  await shared.github.pushToPull(pull, { "apps/more.yaml": deployment("nginx:1", "more") });
  const { conclusion, summary } = await shared.verdict(pull);
  expect(conclusion).toBe("failure");
  expect(summary).toContain("in conflict");
});

test("no log line holds a token, a key or a payload", () => shared.expectSecretsUnlogged("nginx:1.27"));

test("a second server on the same state directory is refused with a reason", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "portcullis-second-"));
  const own = await startGitHub();
  const first = await startApp(own, { stateDir });
  const second = spawn(process.execPath, [new URL("../../src/cli/main.js", import.meta.url).pathname, "serve"], {
    env: {
      PATH: process.env["PATH"],
      APP_ID: "1",
      PRIVATE_KEY: own.privateKey,
      WEBHOOK_SECRET: own.webhookSecret,
      STATE_DIR: stateDir,
    },
  });
  let said = "";
  second.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(second, "exit")) as [number];
  expect(code).toBe(2);
  expect(said).toContain(`Another portcullis serve is using ${stateDir}`);
  await first.stop();
  await own.close();
  await rm(stateDir, { recursive: true, force: true });
});
