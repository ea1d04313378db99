import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import type { AuditEvent, PublishedVerdict } from "../../src/model/audit.ts";
import { recordAudit } from "../../src/store/audit.ts";
import { openStore } from "../../src/store/open.ts";
import { git, write } from "../cli/run-portcullis.ts";
import { prepareStateDirectory } from "../support/state-directory.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { blocksOf } from "./blocks.ts";
import { root } from "./documents.ts";

// The page is followed from top to bottom, in one repository: each block of commands is run as it stands, and each
// configuration is put in force where the page shows it.

const blocks = blocksOf("docs/adopting.md");
const commands = (start: RegExp): string => blocks.find(({ text }) => start.test(text))?.text ?? "false";
const configurations = blocks.filter(({ language }) => language === "yaml").map(({ text }) => text);
const hasJq = spawnSync("bash", ["-c", "type jq"]).status === 0;
if (!hasJq) process.stderr.write("SKIPPED: counts by jq, which is not installed\n");

const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec:
  project: default
  source: { repoURL: "https://github.com/acme/gitops", path: apps/shop, targetRevision: main }
  destination: { name: production, namespace: shop }
`;

const deployment = (name: string, image: string, { skip = "", privileged = false } = {}): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  annotations: { ${skip} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        # The vendor's.
        - name: ${name}
          # Not pinned by them.
          image: ${image}
          securityContext: { privileged: ${privileged} }
`;

const skip = '"checkov.io/skip1": "CKV_K8S_16=the node agent needs it"';
const files = {
  "argocd/shop.yaml": application,
  "apps/shop/web.yaml": deployment("web", "nginx:latest", { skip, privileged: true }),
  "apps/shop/cart.yaml": deployment("cart", "registry.example.com/cart:1.2.0"),
};

const home = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-adopting-")));
const directory = join(home, "gitops");
const stateDirectory = join(home, "state");

interface BlockRun {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a block exactly as the page shows it; `npx` and `portcullis` are the command that was built here. */
function run(text: string): Promise<BlockRun> {
  return new Promise((done) => {
    const child = spawn("bash", ["-eu", "-o", "pipefail", "-c", text], {
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: [join(home, "bin"), process.env["PATH"]].join(":"),
        HOME: home,
        GIT_CONFIG_NOSYSTEM: "1",
        PORTCULLIS_CACHE_DIR: TEST_CACHE,
        STATE_DIR: stateDirectory,
      },
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => (output += more));
    child.stderr.setEncoding("utf8").on("data", (more: string) => (output += more));
    child.on("close", (status) => done({ status, output }));
  });
}

function commit(subject: string, changed: { readonly [path: string]: string }): void {
  write(directory, changed);
  git(directory, "add", ".");
  git(directory, "commit", "--quiet", "-m", subject);
}

beforeAll(async () => {
  mkdirSync(join(home, "bin"));
  const program = (name: string, script: string): void => {
    writeFileSync(join(home, "bin", name), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(home, "bin", name), 0o755);
  };
  const command = `'${process.execPath}' '${join(root, "dist/src/cli/main.cjs")}'`;
  program("portcullis", `exec ${command} "$@"`);
  program("npx", `[ "$1 $2" = "--no-install portcullis" ] && exec ${command} "\${@:3}"`);
  mkdirSync(stateDirectory);
  await prepareStateDirectory(stateDirectory);
  // Three merges before the gate: the middle one would have been blocked.
  mkdirSync(directory);
  git(directory, "init", "--quiet", "-b", "main");
  commit("Start", files);
  commit("Scale", { "apps/shop/cart.yaml": deployment("cart", "registry.example.com/cart:1.3.0") });
  commit("Loosen", { "apps/shop/cart.yaml": deployment("cart", "registry.example.com/cart:latest") });
  commit("Pin", { "apps/shop/cart.yaml": deployment("cart", "registry.example.com/cart:1.4.0") });
  git(directory, "update-ref", "refs/remotes/origin/main", "HEAD");
});
test("step 1 shows what is there, and counts it", async () => {
  const seen = await run(commands(/ init$/m));
  expect(seen).toMatchObject({ status: 0, output: expect.stringContaining("0 gaps") });
  expect(readFileSync(join(directory, "portcullis.yaml"), "utf8")).toContain("\nmode: report\n");
  if (!hasJq) return;
  const { status, output } = await run(commands(/^jq .*findings\.json/));
  expect(status).toBe(0);
  expect(
    output
      .trim()
      .split(/\s*\n\s*/)
      .toSorted(),
  ).toEqual([
    "1 deny images/tag",
    "1 deny pods/privileged",
    "1 warn argocd/default-project",
    "2 warn workloads/resources",
  ]);
});

test("step 2 chooses levels, converts skips, waives one finding, and replays merges", async () => {
  write(directory, { "portcullis.yaml": configurations[0] ?? "" });
  expect((await run(commands(/--fix --dry-run/))).status).toBe(0);
  expect(await run(commands(/init --from checkov/))).toMatchObject({ status: 0 });
  const waive = commands(/portcullis waive/);
  const [place = ""] = /apps\/\S+/.exec(waive) ?? [];
  expect(files["apps/shop/web.yaml"].split("\n")[Number(place.split(":")[1]) - 1]).toContain("image: nginx:latest");
  const waived = await run(waive.replace("2027-01-15", dayIn(30)));
  expect(waived).toMatchObject({ status: 0, output: expect.stringContaining("wrote waivers/images-tag.yaml") });
  expect((await run("portcullis check")).output).toContain(" 2 waived");

  const replayed = await run(commands(/^sed /));
  expect(replayed.output.trim().split(/\s*\n\s*/)).toEqual(["2 0", "1 1"]);
  expect(replayed.status).toBe(0);
  expect(existsSync(join(directory, "enforce.yaml"))).toBe(false);
  const [, blocked = ""] = /^1 (\S+)$/m.exec(readFileSync(join(directory, "replay.txt"), "utf8")) ?? [];
  expect(readFileSync(join(directory, `replay-${blocked}.txt`), "utf8")).toContain("deny[images/tag]");
});

test("step 3 counts the pull requests that each policy would have blocked, by the audit log", async () => {
  const repository = { id: 7, name: "acme/gitops" };
  const verdict = (denied: { readonly [policy: string]: number }): PublishedVerdict => ({
    check: "portcullis",
    conclusion: "success",
    mode: "report",
    head: "h".repeat(40),
    base: "b".repeat(40),
    into: "main",
    policies: "p1",
    run: 11,
    job: "4ca636c1-55e4-417a-b1d8-4aceb67960d1",
    denied,
  });
  const store = await openStore({ stateDir: stateDirectory }, () => undefined);
  const events: readonly AuditEvent[] = [
    { kind: "enrolment", repository, subject: "repository", body: { state: "enrolled" } },
    { kind: "verdict", repository, subject: "pull/3", body: verdict({ "images/tag": 2 }) },
    { kind: "verdict", repository, subject: "pull/3", body: verdict({ "images/tag": 1 }) },
    { kind: "verdict", repository, subject: "pull/4", body: verdict({ "images/tag": 1, "pods/privileged": 1 }) },
    { kind: "verdict", repository, subject: "pull/5", body: verdict({}) },
  ];
  await recordAudit(store.database, events);
  await store.close(0);
  const measure = commands(/audit export/);
  const [, since = ""] = /--since (\S+)/.exec(measure) ?? [];
  const counted = await run(measure.replace(since, dayIn(-1)));
  if (!hasJq) return;
  expect(counted.status).toBe(0);
  expect(counted.output.trim().split(/\s*\n\s*/)).toEqual(["2 images/tag", "1 pods/privileged"]);
});

test("each configuration on the page is one that the command takes", async () => {
  expect(configurations).toHaveLength(3);
  for (const text of configurations) {
    write(directory, { "portcullis.yaml": text });
    const { status, output } = await run("rm -rf waivers; portcullis check");
    expect({ text, status, output }).toMatchObject({ status: text.includes("enforce") ? 1 : 0 });
  }
});

function dayIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
