// The App from webhook to concluded check, on loopback against the simulated GitHub: `node dist/bench/app.js [PULLS]`.
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../test/support/app.ts";
import { deployment, rules } from "../test/support/fleet.ts";
import { startGitHub } from "../test/support/github/server.ts";
import { createEngine } from "../src/engine/judge-engine.ts";
import { check } from "../src/gate/check.ts";
import { defaultConfig } from "../src/config/default-config.ts";
import { policySources } from "../src/config/policy-sources.ts";
import { memoryTree } from "../src/tree/memory-tree.ts";

const pulls = Number(process.argv[2] ?? 200);

function percentile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
}

async function fromWebhookToCheck(): Promise<void> {
  const github = await startGitHub();
  const stateDir = await mkdtemp(join(tmpdir(), "portcullis-app-"));
  const app = await startApp(github, { stateDir });
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [`apps/a${n}.yaml`, deployment("nginx:1.27", `a${n}`)]),
  );
  const repository = await github.createRepository({ files: { ...rules(), ...files } });
  await app.idle();
  const milliseconds: number[] = [];
  const calls: number[] = [];
  const spent = process.cpuUsage();
  for (let n = 0; n < pulls; n++) {
    const bad = n % 10 === 0;
    const before = github.restCalls().length;
    const pull = await github.proposeFiles(repository, {
      [`apps/a${n % 10}.yaml`]: deployment(bad ? "nginx:latest" : `nginx:1.${n + 28}`, `a${n % 10}`),
    });
    const delivery = github.deliveries.findLast((one) => one.event === "pull_request" && one.action === "opened");
    const sent = delivery === undefined ? Number.NaN : performance.now();
    const run = await app.concluded(pull);
    if ((run.conclusion === "failure") !== bad) throw new Error(`#${pull.number} concluded ${run.conclusion}`);
    milliseconds.push(performance.now() - sent);
    await app.idle();
    calls.push(github.restCalls().length - before);
    await github.closePull(pull);
    await app.idle();
  }
  const mean = (calls.reduce((sum, one) => sum + one, 0) / calls.length).toFixed(2);
  console.log(`webhook → concluded check, ${pulls} pull requests one after another, 10 % of them refused:`);
  console.log(`  p50 ${percentile(milliseconds, 0.5)} ms, p99 ${percentile(milliseconds, 0.99)} ms`);
  console.log(`  REST calls per pull request: mean ${mean}, most ${Math.max(...calls)}`);
  const { user, system } = process.cpuUsage(spent);
  const processor = ((user + system) / 1_000 / pulls).toFixed(0);
  const mib = (process.resourceUsage().maxRSS / 1_024).toFixed(0);
  console.log(`  processor time per pull request, with the simulated GitHub: ${processor} ms; most memory: ${mib} MiB`);
  if (github.violations.length > 0) throw new Error(JSON.stringify(github.violations));
  await app.stop();
  const restarted = await startApp(github, { stateDir });
  const pull = await github.proposeFiles(repository, { "apps/a1.yaml": deployment("nginx:9.9", "a1") });
  const sent = performance.now();
  await restarted.concluded(pull);
  console.log(`  the first pull request after a start: ${(performance.now() - sent).toFixed(0)} ms`);
  await restarted.stop();
  await rm(stateDir, { recursive: true, force: true });
  await github.close();
}

/** Ten manifests that were never seen, by policies that are compiled: what a pull request costs once all is warm. */
async function evaluation(): Promise<void> {
  const cacheDirectory = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  const engine = createEngine({ cacheDirectory, remotesDirectory: join(cacheDirectory, "remotes") });
  const tree = memoryTree(rules());
  const { sources } = await policySources(tree, { policies: ["policies"], data: [] });
  const now = new Date().toISOString();
  const judge = await engine.makeJudge(sources, now);
  const milliseconds: number[] = [];
  for (let round = 0; round < 300; round++) {
    const images = Array.from({ length: 10 }, (_, n) => createHash("sha1").update(`${round}/${n}`).digest("hex"));
    const files = Object.fromEntries(images.map((image, n) => [`apps/a${n}.yaml`, deployment(`x:${image}`, `a${n}`)]));
    const started = performance.now();
    await check({
      after: memoryTree(files),
      config: defaultConfig,
      judge,
      now,
      judged: { after: "after", how: "bench" },
    });
    if (round >= 50) milliseconds.push(performance.now() - started);
  }
  console.log(
    `reading and judging 10 new manifests, warm: p50 ${percentile(milliseconds, 0.5)} ms, p99 ${percentile(milliseconds, 0.99)} ms`,
  );
  await judge.close();
  engine.close();
  await rm(cacheDirectory, { recursive: true, force: true });
}

await evaluation();
await fromWebhookToCheck();
