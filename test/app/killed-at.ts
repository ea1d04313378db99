import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checkpoint } from "../../src/app/services.ts";
import { concluded, settingsFor } from "../support/app.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { deployment, rules } from "../support/fleet.ts";
import { prepareStateDirectory } from "../support/state-directory.ts";
import { until } from "../support/until.ts";

/** More than one request takes. */
const CONTAINERS = 60;

let github: SimulatedGitHub;
let stateDir: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  github = await startGitHub();
  stateDir = await mkdtemp(join(tmpdir(), "portcullis-kill-"));
  await prepareStateDirectory(stateDir);
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await github.close();
  await rm(stateDir, { recursive: true, force: true });
});

async function start(): Promise<ChildProcess> {
  const started = fork(new URL("../support/killed-app.js", import.meta.url), {
    env: { ...process.env, TEST_SETTINGS: JSON.stringify(settingsFor(github, stateDir)) },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [{ url }] = (await once(started, "message")) as [{ url: string }];
  github.setWebhookUrl(`${url}/api/github/webhooks`);
  return started;
}

/** Waits until the App has nothing left to do, and has it end itself at the next checkpoint of a name. */
async function idle(app: ChildProcess, armed?: Checkpoint): Promise<void> {
  await github.settle();
  app.send(armed === undefined ? {} : { armed });
  await once(app, "message");
}

/** Tests that the App, killed at each of the checkpoints and started again, does what is left and nothing twice. */
export function testKilledAt(checkpoints: readonly Checkpoint[]): void {
  test.each(checkpoints)(
    "killed at the checkpoint “%s” and started again, the App ends with one check run and one review",
    async (checkpoint) => {
      child ??= await start();
      const repository = await github.createRepository({
        fullName: `acme/${checkpoint.replaceAll(" ", "-")}`,
        files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
      });
      await github.settle();
      await idle(child, checkpoint);
      const gone = once(child, "exit");
      const containers = Array.from(
        { length: CONTAINERS },
        (_, n) => `        - name: c${n}\n          image: c${n}:latest\n`,
      );
      const pull = await github.proposeFiles(repository, {
        "apps/web.yaml": deployment("nginx:1.27") + containers.join(""),
      });
      expect((await gone)[1]).toBe("SIGKILL");

      child = await start();
      const run = await concluded(github, pull);
      await until(() => pull.reviewComments.length > 0, "the review comments");
      // A second run or review would come with the work that is left.
      await idle(child);
      expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
      expect(run.conclusion).toBe("failure");
      expect(run.annotations).toHaveLength(CONTAINERS);
      expect(new Set(run.annotations.map((annotation) => annotation.start_line)).size).toBe(CONTAINERS);
      expect(pull.reviews).toHaveLength(1);
      expect(pull.reviewComments).toHaveLength(20);
      expect(github.violations).toEqual([]);
    },
  );
}

/** Tests that the App, killed while it deletes comments whose findings are fixed and started again, deletes the others too. */
export function testKilledWhileTidying(checkpoints: readonly Checkpoint[]): void {
  test.each(checkpoints)(
    "killed at the checkpoint “%s” and started again, no comment of a fixed finding is left",
    async (checkpoint) => {
      child ??= await start();
      const files = (image: string) => ({
        "apps/web.yaml": deployment(image),
        "apps/api.yaml": deployment(image, "api"),
        "apps/job.yaml": deployment("job:latest", "job"),
      });
      const repository = await github.createRepository({
        fullName: `acme/tidied-${checkpoint.replaceAll(" ", "-")}`,
        files: { ...rules(), "README.md": "shop\n" },
      });
      const pull = await github.proposeFiles(repository, files("nginx:latest"));
      await until(() => pull.reviewComments.length === 3, "the review comments");
      await idle(child, checkpoint);
      const gone = once(child, "exit");
      await github.pushToPull(pull, files("nginx:1.27"));
      expect((await gone)[1]).toBe("SIGKILL");

      child = await start();
      await until(() => pull.reviewComments.length === 1, "the comments to go");
      await idle(child);
      expect(pull.reviewComments).toMatchObject([{ path: "apps/job.yaml", line: 14 }]);
      expect(pull.reviews).toHaveLength(1);
      expect(github.violations).toEqual([]);
    },
  );
}
