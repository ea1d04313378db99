import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { deployment, rules } from "../../support/fleet.ts";
import type { Repository } from "../../support/github/state.ts";
import { startNightlyApp, type NightlyApp } from "./nightly-app.ts";

let on: NightlyApp;
let count = 0;
beforeAll(async () => {
  on = await startNightlyApp();
});
afterAll(() => on.stop());
afterEach(async () => {
  expect(on.github.violations).toEqual([]);
  for (const installation of on.github.world.installations.slice()) on.github.uninstall(installation);
  await on.app.idle();
});

const GOOD = deployment("nginx:1.27");
const BAD = deployment("nginx:latest");

async function repositoryWith(files: { readonly [path: string]: string }, config = ""): Promise<Repository> {
  const made = await on.github.createRepository({
    fullName: `nightly-${++count}/shop`,
    files: { ...rules(config), ...files },
  });
  await on.app.idle();
  return made;
}

const waiver = (expires: string): { readonly [path: string]: string } => ({
  "waivers/web.yaml": `- policy: main
  match: { name: web }
  reason: the vendor moves it
  ticket: SEC-1
  owner: "@acme/shop"
  expires: ${expires}
`,
});

test("the default branch of every repository is judged once a night, and not when it is enrolled", async () => {
  const [clean, dirty] = [
    await repositoryWith({ "apps/web.yaml": GOOD }),
    await repositoryWith({ "apps/web.yaml": BAD }),
  ];
  await on.sweeps();
  expect(await on.standings(clean)).toEqual([]);
  await on.nights(2);
  await on.sweeps();
  for (const repository of [clean, dirty]) expect(await on.standings(repository)).toHaveLength(2);
  const [first, second] = await on.standings(dirty);
  expect(first?.standing).toMatchObject({
    verdict: "fail",
    policies: { main: { findings: 1, since: first?.judgedAt, because: [{ kind: "first" }] } },
  });
  // It fails still, and has since then.
  expect(second?.standing.policies).toEqual(first?.standing.policies);
  expect((await on.standings(clean))[1]?.standing).toMatchObject({ verdict: "pass", policies: {} });
  expect(await on.metric('portcullis_compliance_repositories{state="satisfied"}')).toBe(1);
  expect(await on.metric('portcullis_compliance_repositories{state="failing"}')).toBe(1);
  expect(await on.metric("portcullis_compliance_failing_policies")).toBe(1);
  expect(await on.metric("portcullis_compliance_oldest_timestamp_seconds")).toBe(on.now().getTime() / 1_000);
});

test("what fails anew names the commits since the judgement before", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": GOOD });
  await on.nights();
  const [before] = await on.standings(repository);
  await on.github.pushCommit(repository, "main", { "apps/web.yaml": BAD });
  await on.app.idle();
  await on.nights();
  const [, now] = await on.standings(repository);
  expect(now?.standing.policies["main"]).toEqual({
    findings: 1,
    since: now?.judgedAt,
    because: [{ kind: "commits", from: before?.commit, to: now?.commit }],
  });
});

test("other rules have the default branch judged at once, and are the reason for what fails then", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": GOOD });
  await on.nights();
  await on.github.pushCommit(repository, "main", {
    "policies/label.rego": `# METADATA
# title: Objects have an owner
package labels

import rego.v1

deny contains "no owner" if not input.metadata.labels.owner
`,
  });
  await on.app.idle();
  const [before, now] = await on.standings(repository);
  expect(now?.standing.policies["labels"]?.because).toEqual([
    { kind: "commits", from: before?.commit, to: now?.commit },
    { kind: "rules", from: before?.commit, to: now?.commit },
  ]);
  // A push that changes no rules waits for the night.
  await on.github.pushCommit(repository, "main", { "apps/web.yaml": BAD });
  await on.app.idle();
  expect(await on.standings(repository)).toHaveLength(2);
});

test("a waiver is counted while it holds, soon to expire, and expired", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": BAD, ...waiver(on.day(17)) });
  await on.nights();
  const standing = async () => (await on.standings(repository)).at(-1)?.standing;
  expect(await standing()).toMatchObject({
    policies: {},
    waived: { main: 1 },
    waivers: { inForce: 1, expired: [], expiring: [] },
  });
  await on.nights(2);
  const written = { path: "waivers/web.yaml", line: 1, what: "main", ticket: "SEC-1", owner: "@acme/shop", covers: 1 };
  expect(await standing()).toMatchObject({ waivers: { expiring: [written] } });
  expect(await on.metric("portcullis_waivers_expiring")).toBe(1);
  await on.nights(14);
  const expired = await standing();
  expect(expired).toMatchObject({ waived: {}, waivers: { inForce: 0, expiring: [], expired: [written] } });
  expect(expired?.policies["main"]?.because).toEqual([
    { kind: "waiver", path: "waivers/web.yaml", line: 1, expires: on.day(0) },
  ]);
  expect(await on.metric("portcullis_waivers_expired")).toBe(1);
});

test("an API version that the next Kubernetes versions do not serve is told in advance", async () => {
  const schema =
    "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: { name: a }\nspec: { priorityLevelConfiguration: { name: b } }\n";
  const repository = await repositoryWith({ "apps/flow.yaml": schema }, 'schemas: { kubernetes: "1.31" }\n');
  await on.nights();
  const [now] = await on.standings(repository);
  expect(now?.standing.ending).toEqual([
    {
      message: expect.stringMatching(
        /^flowcontrol\.apiserver\.k8s\.io\/v1beta3 FlowSchema is not served from Kubernetes 1\.32 on; use flowcontrol\.apiserver\.k8s\.io\/v1$/,
      ),
      objects: 1,
      path: "apps/flow.yaml",
      line: 1,
    },
  ]);
  expect(await on.metric("portcullis_api_versions_ending")).toBe(1);
});

test("an archived repository is left alone until it is unarchived", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": GOOD });
  await on.sweeps();
  on.github.archive(repository);
  await on.app.idle();
  await on.nights(2);
  expect(await on.standings(repository)).toEqual([]);
  on.github.unarchive(repository);
  await on.app.idle();
  expect(await on.standings(repository)).toHaveLength(1);
});

test("every gated branch is judged, until it is gated no more", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": GOOD }, "branches: [release/*]\n");
  await on.github.pushCommit(repository, "release/1", { "apps/web.yaml": BAD }, { from: "main" });
  await on.github.pushCommit(repository, "topic", { "apps/web.yaml": BAD }, { from: "main" });
  await on.nights();
  expect((await on.standings(repository, "release/1")).at(-1)?.standing.policies).toHaveProperty("main");
  expect(await on.standings(repository, "topic")).toEqual([]);
  await on.github.pushCommit(repository, "main", rules());
  await on.app.idle();
  await on.nights();
  const newest = await on.app.server.services.store.listNewestStandings(repository.id);
  expect(newest.map(({ branch }) => branch)).toEqual(["main"]);
});

test("rules that never compiled are a failure that is stored, and not tried again before the next night", async () => {
  const repository = await repositoryWith({
    "apps/web.yaml": GOOD,
    "policies/broken.rego": "package broken\n\ndeny {",
  });
  await on.nights();
  expect(await on.standings(repository)).toEqual([]);
  expect(await on.metric('portcullis_compliance_repositories{state="unjudged"}')).toBe(1);
});
