import { expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAppProcess } from "../support/app-process.ts";
import { concluded } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub } from "../support/github/server.ts";
import { prepareStateDirectory } from "../support/state-directory.ts";

test("without credentials it says in one screen what to do, and does not start", async () => {
  const main = new URL("../../src/cli/main.js", import.meta.url).pathname;
  const child = spawn(process.execPath, [main, "serve"], {
    env: { PATH: process.env["PATH"], WEBHOOK_SECRET: "development" },
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(2);
  expect(said.split("\n").length).toBeLessThan(20);
  for (const name of ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET is shorter", "docs/install.md"])
    expect(said).toContain(name);
  expect(said).not.toContain("development");
});

test("SIGTERM drains: what runs is concluded, and the process ends by itself", async () => {
  const github = await startGitHub();
  const stateDirectory = await mkdtemp(join(tmpdir(), "portcullis-drain-"));
  await prepareStateDirectory(stateDirectory);
  const app = await startAppProcess(github, { stateDirectory });
  const repository = await github.createRepository({ files: { ...rules(), "apps/web.yaml": deployment("nginx:1") } });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:latest") });
  await github.settle();
  expect(await app.stop()).toBe(0);
  // Where it had not begun yet, the next process takes it up.
  const next = await startAppProcess(github, { stateDirectory });
  expect((await concluded(github, pull)).conclusion).toBe("failure");
  expect(await next.stop()).toBe(0);
  expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
  expect(next.log()).not.toMatch(/gh[a-z]_[A-Za-z0-9]|PRIVATE KEY/);
  await github.close();
  await rm(stateDirectory, { recursive: true, force: true });
});
