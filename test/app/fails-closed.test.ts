import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp, type TestApp } from "../support/app.ts";
import type { FaultRequest } from "../support/github/faults.ts";
import type { Fault } from "../support/github/state.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";

let github: SimulatedGitHub;
let app: TestApp;
let count = 0;

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github);
});
afterAll(async () => {
  await app.stop();
  await github.close();
});
afterEach(() => expect(github.violations).toEqual([]));

const GOOD = deployment("nginx:1.27");
const BETTER = deployment("nginx:1.28");

async function repositoryWith(files: { readonly [path: string]: string }): Promise<Repository> {
  return github.createRepository({ fullName: `acme/closed-${++count}`, files });
}

async function verdict(pull: PullRequest): Promise<{ conclusion: string | null; title: string; summary: string }> {
  await app.idle();
  const run = await app.concluded(pull);
  return { conclusion: run.conclusion, title: run.title ?? "", summary: run.summary ?? "" };
}

describe("when GitHub fails for a while, the verdict comes late, once, and right:", () => {
  test.each<[string, Fault, FaultRequest]>([
    ["500 on reading the pull request", { kind: "status", status: 500 }, { operation: "pulls/get", times: 2 }],
    ["404 on reading the pull request", { kind: "status", status: 404 }, { operation: "pulls/get", times: 1 }],
    ["502 on creating the run", { kind: "status", status: 502 }, { operation: "checks/create", times: 1 }],
    ["a created run whose answer is lost", { kind: "lost-answer" }, { operation: "checks/create", times: 1 }],
    ["a connection that breaks on concluding", { kind: "reset" }, { operation: "checks/update", times: 1 }],
    ["a conclusion whose answer is lost", { kind: "lost-answer" }, { operation: "checks/update", times: 1 }],
    ["a fetch that fails", { kind: "status", status: 500 }, { operation: "git/*", times: 2 }],
  ])("%s", async (_name, fault, on) => {
    const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
    await app.idle();
    const planned = github.fault(fault, on);
    const pull = await github.proposeFiles(repository, { "apps/web.yaml": BETTER });
    expect((await verdict(pull)).conclusion).toBe("success");
    expect(planned.hits).toBeGreaterThan(0);
    planned.lift();
    expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
  });

  test("a rate limit is waited for without holding a worker", async () => {
    const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
    await app.idle();
    const planned = github.fault({ kind: "secondary-limit", retryAfter: 2 }, { operation: "checks/create", times: 1 });
    const pull = await github.proposeFiles(repository, { "apps/web.yaml": BETTER });
    expect((await verdict(pull)).conclusion).toBe("success");
    expect(planned.hits).toBe(1);
    // Nothing is asked of GitHub before its time has come.
    const [refused, again] = github.calls.filter(
      (call) =>
        call.operation === "checks/create" && call.repository === `${repository.owner.login}/${repository.name}`,
    );
    expect((again?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
  });
});

test("what cannot be fetched until the deadline is refused, and a re-run makes it good", async () => {
  const own = await startGitHub();
  const stateDir = await mkdtemp(join(tmpdir(), "portcullis-late-"));
  const repository = await own.createRepository({ files: { ...rules(), "apps/web.yaml": GOOD } });
  // No deadline is long enough for what never comes, and the shortest does.
  const planned = own.fault({ kind: "status", status: 503 }, { operation: "git/*", times: 1_000 });
  const impatient = await startApp(own, { stateDir, settings: { judgeDeadline: 1 } });
  const pull = await own.proposeFiles(repository, { "apps/web.yaml": BETTER });
  const late = await impatient.concluded(pull);
  expect(late).toMatchObject({ conclusion: "failure", title: "Gate could not evaluate" });
  await impatient.stop();
  planned.lift();
  const patient = await startApp(own, { stateDir });
  await own.rerequestCheck(late);
  await patient.idle();
  expect(own.runsOf(pull, "portcullis").map((run) => run.conclusion)).toEqual(["failure", "success"]);
  expect(own.violations).toEqual([]);
  await patient.stop();
  await own.close();
  await rm(stateDir, { recursive: true, force: true });
});

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
    const repository = await repositoryWith({
      ...rules(),
      "policies/bad.rego": bad,
      "apps/web.yaml": GOOD,
    });
    const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:latest") });
    const { conclusion, summary } = await verdict(pull);
    expect(conclusion).toBe("failure");
    expect(summary).toMatch(
      /policy bad: rule deny .*(did not finish within|the memory limit was reached|a number in it)/,
    );
    // The healthy policy's finding is not hidden by the sick one.
    expect(summary).toContain("uses a tag that moves");
  });
});

describe("rules that stop compiling", () => {
  test("leave the last good ones in force, and the pull request that mends them goes through", async () => {
    const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
    const first = await github.proposeFiles(repository, { "apps/web.yaml": BETTER });
    expect((await verdict(first)).conclusion).toBe("success");
    await github.pushCommit(repository, "main", { "policies/tag.rego": "package main\n\ndeny contains msg if {\n" });
    const bad = await github.proposeFiles(repository, { "apps/new.yaml": deployment("x:latest", "x") });
    const judged = await verdict(bad);
    expect(judged.conclusion).toBe("failure");
    expect(judged.summary).toMatch(/the last that compiled: the rules on main cannot be used/);
    const mend = await github.proposeFiles(repository, { "policies/tag.rego": `${NO_LATEST}# mended\n` });
    expect((await verdict(mend)).conclusion).toBe("success");
    expect(await github.merge(mend)).toMatchObject({ kind: "merged" });
    const after = await verdict(bad);
    expect(after.conclusion).toBe("failure");
    expect(after.summary).not.toContain("the last that compiled");
  });

  test("are refused in the pull request that breaks them", async () => {
    const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
    const pull = await github.proposeFiles(repository, {
      "policies/new.rego": "package main\n\ndeny contains 1 if { http.send({}) }\n",
    });
    const { conclusion, summary } = await verdict(pull);
    expect(conclusion).toBe("failure");
    expect(summary).toContain("http");
  });

  test("that never compiled let only changes of themselves through", async () => {
    const repository = await repositoryWith({
      ...rules(),
      "portcullis.yaml": "version: 1\npolicys: [policies]\n",
      "apps/web.yaml": GOOD,
    });
    const other = await github.proposeFiles(repository, { "apps/web.yaml": BETTER });
    const refused = await verdict(other);
    expect(refused.conclusion).toBe("failure");
    expect(refused.summary).toContain("No rules are in force yet");
    const mend = await github.proposeFiles(repository, rules());
    expect((await verdict(mend)).conclusion).toBe("success");
    await github.merge(mend);
    expect((await verdict(other)).conclusion).toBe("success");
  });
});

test("a burst of ten pushes ends with one verdict, for the last head", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("a:latest") });
  for (let n = 0; n < 9; n++) {
    await github.pushToPull(pull, { "apps/web.yaml": deployment(n === 8 ? "nginx:1.29" : `b${n}:latest`) });
  }
  expect((await verdict(pull)).conclusion).toBe("success");
  expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
  expect(repository.runs.filter((run) => run.status !== "completed")).toEqual([]);
});

test("webhooks that come twice, late and out of order change nothing", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  Object.assign(github.delivery, { copies: 3, reorderWithin: 200 });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("a:latest") });
  await github.pushToPull(pull, { "apps/web.yaml": BETTER });
  expect((await verdict(pull)).conclusion).toBe("success");
  Object.assign(github.delivery, { copies: 1, reorderWithin: 0 });
  for (const delivery of github.deliveries.slice(-3)) github.redeliver(delivery);
  await app.idle();
  expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
});

test("a webhook that is lost is made good by the sweep", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const first = await github.proposeFiles(repository, { "apps/web.yaml": BETTER });
  await verdict(first);
  github.delivery.drop = () => true;
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("a:latest") });
  await github.settle();
  github.delivery.drop = () => false;
  await app.server.services.queue.sweepOncePer(1);
  expect((await app.concluded(pull)).conclusion).toBe("failure");
});

test("a pull request in conflict is judged, and the check says how", async () => {
  const repository = await repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("a:latest") });
  await verdict(pull);
  await github.pushCommit(repository, "main", { "apps/web.yaml": deployment("nginx:1.99") });
  await github.pushToPull(pull, { "apps/more.yaml": deployment("nginx:1", "more") });
  const { conclusion, summary } = await verdict(pull);
  expect(conclusion).toBe("failure");
  expect(summary).toContain("in conflict");
});

test("no log line holds a token, a key or a payload", () => {
  const log = app.log.join("");
  expect(log).not.toMatch(/gh[a-z]_[A-Za-z0-9]/);
  expect(log).not.toContain("PRIVATE KEY");
  expect(log).not.toContain(github.webhookSecret);
  expect(log).not.toContain("nginx:1.27");
});

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
