import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { AuditRow } from "../../src/model/audit.ts";
import { walkChain } from "../../src/store/audit-chain.ts";
import { readAudit } from "../../src/store/audit.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;
let app: TestApp;
let repository: Repository;
let pull: PullRequest;
let log: readonly AuditRow[] = [];

async function auditLog(): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  for await (const row of readAudit(app.server.database)) rows.push(row);
  return rows;
}

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github);
  repository = await github.createRepository({ files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") } });
  pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("canary-image:latest") });
  await app.concluded(pull);
  await github.pushToPull(pull, { "apps/web.yaml": deployment("nginx:1.28") });
  await app.concluded(pull);
  await app.idle();
  log = await auditLog();
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

test("the log tells how a repository was enrolled, by which rules it is judged, and what was published", () => {
  const [enrolment, inForce, red, green] = log;
  const name = `${repository.owner.login}/${repository.name}`;
  expect(log).toMatchObject([
    { kind: "enrolment", repository: name, repositoryId: repository.id },
    { kind: "rules", subject: "rules" },
    { kind: "verdict", subject: "pull/1" },
    { kind: "verdict", subject: "pull/1" },
  ]);
  expect(JSON.parse(enrolment!.body)).toEqual({ state: "enrolled" });
  const digest = (JSON.parse(inForce!.body) as { after: { policies: string } }).after.policies;
  expect(JSON.parse(red!.body)).toMatchObject({
    conclusion: "failure",
    verdict: "fail",
    check: "portcullis",
    into: "main",
    policies: digest,
    denied: { main: 1 },
    counts: { introduced: 1 },
    tree: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  expect(JSON.parse(green!.body)).toMatchObject({
    conclusion: "success",
    verdict: "pass",
    head: pull.headSha,
    denied: {},
  });
  const walk = walkChain();
  expect(log.flatMap((row) => walk.next(row))).toEqual([]);
});

test("the log has nothing that manifests say", () => {
  expect(log.map(({ body }) => body).join()).not.toContain("canary-image");
});

test("each check shows the last row of the log at that time, so that GitHub keeps its hash", () => {
  const [, inForce, red] = log;
  const shown = [inForce, red].map(
    (row) => `Audit log when this was concluded: row ${row!.sequence}, \`${row!.hash}\``,
  );
  expect(repository.runs.map(({ text }) => text)).toEqual(shown);
});

test("a waiver that lets something through is recorded, by digest and without what it says", async () => {
  const expires = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const waiver = `- policy: main\n  match: { name: web }\n  reason: a reason of ours\n  ticket: SEC-12\n  expires: ${expires}\n`;
  const waiving = await github.createRepository({
    fullName: "acme/waiving",
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27"), "waivers/web.yaml": waiver },
  });
  const waived = await github.proposeFiles(waiving, { "apps/web.yaml": deployment("nginx:latest") });
  expect(await app.concluded(waived)).toMatchObject({ conclusion: "success" });
  await app.idle();
  const rows = (await auditLog()).filter(({ repositoryId }) => repositoryId === waiving.id);
  expect(rows.map(({ kind }) => kind)).toEqual(["enrolment", "rules", "verdict", "waiver"]);
  const used = {
    path: "waivers/web.yaml",
    line: 1,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    policy: "main",
    expires,
    ticket: "SEC-12",
  };
  const [verdict, use] = rows.slice(2).map(({ body }) => JSON.parse(body) as { readonly job: string });
  expect(verdict).toMatchObject({ conclusion: "success", denied: {}, counts: { waived: 1 }, waivers: [used] });
  expect(use).toEqual({ ...used, head: waived.headSha, job: verdict!.job });
});

test("a pass that is withdrawn is recorded, and that a repository is forgotten", async () => {
  await github.closePull(pull);
  await app.idle();
  github.deleteRepository(repository);
  await app.idle();
  const rows = (await auditLog()).filter((row) => row.sequence > log.length && row.repositoryId === repository.id);
  expect(rows).toMatchObject([
    { kind: "withdrawal", subject: "pull/1" },
    { kind: "enrolment", repositoryId: repository.id },
  ]);
  expect(rows.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { head: pull.headSha, run: repository.runs.at(-1)!.id, job: expect.any(String) },
    { state: "forgotten" },
  ]);
});
