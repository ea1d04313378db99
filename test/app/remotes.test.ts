import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { until } from "../support/until.ts";
import { rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { startHelmRepository, type HelmRepository } from "../support/remote-servers/helm-repository.ts";

let github: SimulatedGitHub;
let charts: HelmRepository;
/** A server that only a change names. */
let foreign: HelmRepository;
let app: TestApp;
let directory: string;

const template = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`;

beforeAll(async () => {
  github = await startGitHub();
  charts = await startHelmRepository([
    { name: "web", version: "1.0.0", files: { "templates/web.yaml": template("nginx:1.27") } },
    { name: "web", version: "2.0.0", files: { "templates/web.yaml": template("nginx:latest") } },
    { name: "web", version: "3.0.0", files: { "templates/web.yaml": template("nginx:latest") } },
  ]);
  foreign = await startHelmRepository([
    { name: "web", version: "1.0.0", files: { "templates/web.yaml": template("nginx:latest") } },
  ]);
  charts.basic = "reader:hush-hush";
  directory = await mkdtemp(join(tmpdir(), "portcullis-credentials-"));
  const credentialsPath = join(directory, "credentials.yaml");
  await writeFile(
    credentialsPath,
    `- { prefix: "${charts.origin}", username: reader, password: hush-hush, repositories: ["${new URL(github.apiUrl).origin}"] }\n`,
  );
  app = await startApp(github, {
    settings: { credentialsPath, hosts: [`${charts.origin}/**`, `${foreign.origin}/**`] },
  });
});
afterAll(async () => {
  await app.stop();
  await Promise.all([github.close(), charts.close(), foreign.close(), rm(directory, { recursive: true })]);
});

const release = (
  version: string,
  { origin }: { readonly origin: string } = charts,
): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: charts, namespace: shop }
spec: { url: "${origin}/charts" }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: shop }
spec:
  chart:
    spec:
      chart: web
      version: ${version}
      sourceRef: { kind: HelmRepository, name: charts }
`;

test("another version of a private chart is judged, and its credentials appear nowhere", async () => {
  const repository = await github.createRepository({
    fullName: "acme/remotes-1",
    files: { ...rules(""), "apps/web.yaml": release("1.0.0") },
  });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": release("2.0.0") });
  const run = await app.concluded(pull);
  expect(run).toMatchObject({ conclusion: "failure" });
  expect(run.annotations).toMatchObject([{ path: "apps/web.yaml", start_line: 13, annotation_level: "failure" }]);
  expect(run.summary).toContain("1.0.0 → 2.0.0");
  const shown = JSON.stringify([run, app.log, pull.reviewComments]);
  expect(shown).not.toContain("hush-hush");
  expect(shown).not.toContain(Buffer.from("reader:hush-hush").toString("base64"));
  expect(github.violations).toEqual([]);
});

test("a server that does not answer is waited for, and the check says so", async () => {
  charts.isDown = true;
  const repository = await github.createRepository({
    fullName: "acme/remotes-down",
    files: { ...rules(""), "apps/web.yaml": release("1.0.0") },
  });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": release("3.0.0") });
  const waiting = () => github.runsOf(pull, "portcullis").at(-1);
  await until(() => waiting()?.title === "Waiting for servers", "a check that waits");
  expect(waiting()).toMatchObject({ status: "in_progress" });
  expect(waiting()?.summary).toContain("answered 503 Service Unavailable: down for maintenance");

  charts.isDown = false;
  const run = await app.concluded(pull);
  expect(run).toMatchObject({ conclusion: "failure" });
  expect(run.annotations).toMatchObject([{ path: "apps/web.yaml", annotation_level: "failure" }]);
  expect(github.violations).toEqual([]);
});

test("a change that permits itself another server has it asked for nothing, and is told to weaken the rules", async () => {
  const repository = await github.createRepository({
    fullName: "acme/remotes-2",
    files: { ...rules("remotes: { fetch: known }\n"), "apps/web.yaml": release("1.0.0") },
  });
  const pull = await github.proposeFiles(repository, {
    ...rules(`remotes: { fetch: any, allow: ["${foreign.origin}/**"] }\n`),
    "apps/web.yaml": release("1.0.0", foreign),
  });
  const run = await app.concluded(pull);
  expect(foreign.seen).toEqual([]);
  expect(run).toMatchObject({ conclusion: "failure" });
  expect(run.summary).toContain("nothing on the gated branch comes from there");
  expect(run.summary).toContain("lets more be fetched");
  expect(github.violations).toEqual([]);
});

test("a first pull request has no server asked but those that the default branch refers to", async () => {
  const repository = await github.createRepository({
    fullName: "acme/remotes-first",
    files: { "apps/web.yaml": release("1.0.0"), "README.md": "charts\n" },
  });
  const pull = await github.proposeFiles(repository, {
    ...rules(`remotes: { fetch: any, allow: ["${foreign.origin}/**"] }\n`),
    "apps/other.yaml": release("1.0.0", foreign).replaceAll("name: web", "name: other"),
  });
  const run = await app.concluded(pull);
  expect(run.title).toMatch(/^Preview: /);
  expect(foreign.seen).toEqual([]);
  expect(github.violations).toEqual([]);
});

test("while a server is down, what it answered last is judged, and the check says so", async () => {
  const repository = await github.createRepository({
    fullName: "acme/remotes-stale",
    files: { ...rules("remotes: { fetch: known }\n"), "apps/web.yaml": release("^1.0.0") },
  });
  const first = await github.proposeFiles(repository, { "notes/a.txt": "one\n" });
  expect((await app.concluded(first)).summary).not.toContain("No answer from the server");
  charts.isDown = true;
  try {
    const second = await github.proposeFiles(repository, { "notes/b.txt": "two\n" });
    const run = await app.concluded(second);
    expect(run).toMatchObject({ conclusion: "success" });
    expect(run.summary).toContain("No answer from the server: judged as it was when it last answered");
    expect(run.summary).toContain("web ^1.0.0 of");
  } finally {
    charts.isDown = false;
  }
  expect(github.violations).toEqual([]);
});
