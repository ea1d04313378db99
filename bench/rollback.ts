// A rollback in a large GitOps tree, from push to verdict: `node dist/bench/rollback.js [FILES]`.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp, type TestApp } from "../test/support/app.ts";
import { deployment, rules } from "../test/support/fleet.ts";
import { startGitHub } from "../test/support/github/server.ts";
import type { PullRequest } from "../test/support/github/state.ts";

const files = Number(process.argv[2] ?? 9_000);

const github = await startGitHub();
const stateDir = await mkdtemp(join(tmpdir(), "portcullis-rollback-"));
let app = await startApp(github, { stateDir });
const config = 'environments: { production: { paths: ["apps/production"] }, staging: { paths: ["apps/staging"] } }\n';
const pathOf = (n: number): string => `apps/${n % 2 === 0 ? "production" : "staging"}/a${n}.yaml`;
const repository = await github.createRepository({
  files: {
    ...rules(config),
    // A finding that was there before the gate.
    [pathOf(0)]: deployment("nginx:latest", "a0"),
    ...Object.fromEntries(
      Array.from({ length: files - 1 }, (_, n) => [pathOf(n + 1), deployment("nginx:1.27", `a${n + 1}`)]),
    ),
  },
});
await app.idle();

/** Opens a pull request, and tells how long its check took from then on. */
async function judged(on: TestApp, what: string, change: { readonly [path: string]: string }): Promise<PullRequest> {
  const started = performance.now();
  const pull = await github.proposeFiles(repository, change);
  const run = await on.concluded(pull);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`${what}: ${seconds} s from push to verdict: ${run.conclusion}, ${run.title}`);
  await on.idle();
  return pull;
}

console.log(`${files} files in two environments; each change is one file:`);
await github.merge(
  await judged(app, "the first change, cold", { [pathOf(2)]: deployment("nginx:1.28", "a2") }),
  "squash",
);
await app.idle();
await github.merge(
  await judged(app, "the next change, warm", { [pathOf(0)]: deployment("nginx:1.28", "a0") }),
  "squash",
);
await app.idle();
const back = { [pathOf(0)]: deployment("nginx:latest", "a0") };
await github.closePull(await judged(app, "its rollback to the very tree, warm", back));
await github.merge(await judged(app, "a change elsewhere", { [pathOf(1)]: deployment("nginx:1.28", "a1") }), "squash");
await app.idle();
await github.closePull(await judged(app, "a rollback of one environment, warm", back));
await app.stop();
app = await startApp(github, { stateDir });
await judged(app, "the same after a restart", back);
await app.stop();
await rm(stateDir, { recursive: true, force: true });
await github.close();
