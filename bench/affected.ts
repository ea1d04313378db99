import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { builtinChecks } from "../src/engine/builtin-checks.ts";
import { defaultConfig } from "../src/config/default-config.ts";
import type { CheckRequest } from "../src/gate/check-request.ts";
import { check } from "../src/gate/check.ts";
import { memoryCache } from "../src/gate/memory-cache.ts";
import type { Judge } from "../src/model/judge.ts";
import type { Renderer } from "../src/model/renderer.ts";
import { createJudge, defaultLimits } from "../src/rego/create-judge.ts";
import { createToolchain } from "../src/rego/toolchain/toolchain.ts";
import { createRenderer } from "../src/renderers/create-renderer.ts";
import { openRepository } from "../src/tree/git-repository.ts";
import { median } from "./measure.ts";

// node dist/bench/affected.js [APPS]: what one changed file costs in a large tree that is judged already, against judging
// all of it: twelve files and three Kustomize roots an application, 750 of them by default.

const apps = Number(process.argv[2] ?? 750);
const directory = mkdtempSync(join(tmpdir(), "portcullis-affected-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));

const STAGES = ["development", "staging", "production"];
const git = (...args: readonly string[]): string => {
  const identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "gc.auto=0"];
  const { status, stdout, stderr } = spawnSync("git", ["-C", directory, ...identity, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
};
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
};
const deployment = (name: string, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: ${image}
`;

for (let app = 0; app < apps; app++) {
  const at = `apps/app-${app}`;
  const name = `app-${app}`;
  write(`${at}/base/kustomization.yaml`, "resources: [deployment.yaml, service.yaml, account.yaml, settings.yaml]\n");
  write(`${at}/base/deployment.yaml`, deployment(name, "registry.example.com/app:1.0.0"));
  write(
    `${at}/base/service.yaml`,
    `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { selector: { app: ${name} }, ports: [{ port: 80 }] }\n`,
  );
  write(`${at}/base/account.yaml`, `apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name} }\n`);
  write(`${at}/base/settings.yaml`, `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { a: "1" }\n`);
  STAGES.forEach((stage, index) => {
    write(
      `${at}/overlays/${stage}/kustomization.yaml`,
      `namespace: ${stage}\nresources: [../../base]\npatches: [{ path: replicas.yaml }]\n`,
    );
    write(
      `${at}/overlays/${stage}/replicas.yaml`,
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec: { replicas: ${index + 1} }\n`,
    );
  });
  write(`plain/${name}.yaml`, `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}-plain }\ndata: { a: "1" }\n`);
}
git("init", "--quiet", "--initial-branch=main");
git("add", "--all");
git("commit", "--quiet", "--message=base");
const commits = [git("rev-parse", "HEAD")];
for (let round = 1; round <= 5; round++) {
  write("apps/app-7/base/deployment.yaml", deployment("app-7", `registry.example.com/app:1.0.${round}`));
  git("commit", "--quiet", "--all", "--message=image");
  commits.push(git("rev-parse", "HEAD"));
}

const counts = { rendered: 0, judged: 0 };
const renderer = createRenderer({ cacheDir: join(directory, ".git/cache") });
const counting: Renderer = {
  ...renderer,
  kustomize: (request) => {
    counts.rendered += 1;
    return renderer.kustomize(request);
  },
};
const toolchain = createToolchain();
const now = "2027-01-01T00:00:00Z";
const judge = await createJudge(
  {
    files: [
      {
        path: "tag.rego",
        text: 'package main\nimport rego.v1\ndeny contains "latest" if {\n\tsome c in input.spec.template.spec.containers\n\tendswith(c.image, ":latest")\n}\n',
      },
    ],
    data: [],
    regoVersion: "v1",
  },
  { toolchain, now, ...defaultLimits },
);
const countingJudge: Judge = {
  ...judge,
  judge: (questions) => {
    counts.judged += questions.length;
    return judge.judge(questions);
  },
};
const repository = await openRepository(directory);
const cache = memoryCache(512 * 1024 * 1024);
const { builtins } = builtinChecks(defaultConfig, undefined);

async function run(name: string, request: Pick<CheckRequest, "after" | "before">): Promise<number> {
  counts.rendered = 0;
  counts.judged = 0;
  const start = performance.now();
  const before = process.cpuUsage();
  const report = await check({
    ...request,
    config: defaultConfig,
    judge: countingJudge,
    renderer: counting,
    builtins,
    repositories: [],
    now,
    judged: { after: "after", how: "bench" },
    cache,
  });
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const busy = (user + system) / 1000;
  process.stdout.write(
    `| ${name} | ${ms.toFixed(0)} ms | ${busy.toFixed(0)} ms | ${counts.rendered} | ${counts.judged} | ${report.counts.manifests} | ${JSON.stringify(report.changes ?? {})} |\n`,
  );
  return busy;
}

process.stdout.write(`Node.js ${process.version}; ${apps * 12} YAML files, ${apps * 3} Kustomize roots\n\n`);
process.stdout.write(
  "| run | time | processor time | rendered | manifests judged | manifests in the report | changes |\n|--|--:|--:|--:|--:|--:|--|\n",
);
const whole = await run("all of it, nothing known", { after: repository.tree(commits[0] ?? "") });
const small: number[] = [];
for (let round = 1; round < commits.length; round++) {
  small.push(
    await run(`one file changed (${round})`, {
      before: repository.tree(commits[round - 1] ?? ""),
      after: repository.tree(commits[round] ?? ""),
    }),
  );
}
process.stdout.write(
  `\none file: ${median(small).toFixed(0)} ms of processor time, ${((100 * median(small)) / whole).toFixed(1)} % of all\n`,
);
await repository.close();
await judge.close();
toolchain.close();
renderer.close();
