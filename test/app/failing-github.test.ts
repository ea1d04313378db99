import { describe, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import type { FaultRequest } from "../support/github/faults.ts";
import { startGitHub } from "../support/github/server.ts";
import type { Fault } from "../support/github/traffic.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();

const GOOD = deployment("nginx:1.27");
const BETTER = deployment("nginx:1.28");

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
    const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
    await shared.app.idle();
    const planned = shared.github.fault(fault, on);
    const pull = await shared.github.proposeFiles(repository, { "apps/web.yaml": BETTER });
    expect((await shared.verdict(pull)).conclusion).toBe("success");
    expect(planned.hits).toBeGreaterThan(0);
    planned.lift();
    expect(shared.github.runsOf(pull, "portcullis")).toHaveLength(1);
  });

  test("a rate limit is waited for without holding a worker", async () => {
    const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": GOOD });
    await shared.app.idle();
    const planned = shared.github.fault(
      { kind: "secondary-limit", retryAfter: 2 },
      { operation: "checks/create", times: 1 },
    );
    const pull = await shared.github.proposeFiles(repository, { "apps/web.yaml": BETTER });
    expect((await shared.verdict(pull)).conclusion).toBe("success");
    expect(planned.hits).toBe(1);
    // Nothing is asked of GitHub before its time has come.
    const [refused, again] = shared.github.calls.filter(
      (call) =>
        call.operation === "checks/create" && call.repository === `${repository.owner.login}/${repository.name}`,
    );
    expect((again?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(shared.github.runsOf(pull, "portcullis")).toHaveLength(1);
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

test("no log line holds a token, a key or a payload", () => shared.expectSecretsUnlogged("nginx:1.27"));
