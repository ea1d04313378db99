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
const WANTED = "compliance: { issue: true }\n";

async function repositoryWith(files: { readonly [path: string]: string }, config = WANTED): Promise<Repository> {
  const made = await on.github.createRepository({
    fullName: `issues-${++count}/shop`,
    files: { ...rules(config), ...files },
  });
  await on.app.idle();
  return made;
}

const waiver = (expires: string, reason = "the vendor moves it"): { readonly [path: string]: string } => ({
  "waivers/web.yaml": `- policy: main
  match: { name: web }
  reason: ${JSON.stringify(reason)}
  ticket: SEC-1
  owner: "@acme/shop"
  expires: ${expires}
`,
});

/** The text of the only issue, as people read it. */
function shown({ issues }: Repository): string {
  expect(issues).toHaveLength(1);
  return issues[0]?.body.replaceAll(/[\\\u200b]/g, "") ?? "";
}

/** How often the App wrote an issue since the test began. */
const written = (repository: Repository): number =>
  on.github.calls.filter(
    ({ method, path }) => method !== "GET" && path.includes(`/${repository.owner.login}/shop/issues`),
  ).length;

test("a waiver that expires over night opens an issue, which follows what becomes of it, and is closed in the end", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": BAD, ...waiver(on.day(16)) });
  await on.nights();
  expect(repository.issues).toEqual([]);
  await on.nights();
  expect(repository.issues).toMatchObject([
    { state: "open", title: "Portcullis: what fails, what is waived and what ends soon" },
  ]);
  expect(shown(repository)).toContain("**Waivers that expire soon**");
  expect(shown(repository)).toContain(`| ${on.day(14)} | SEC-1 | @acme/shop | the vendor moves it |`);
  expect(repository.issues[0]?.body).not.toContain("@acme/shop");
  // Nothing differs for days.
  await on.nights(3);
  expect(written(repository)).toBe(1);
  await on.nights(11);
  expect(written(repository)).toBe(2);
  expect(shown(repository)).toContain("**Waivers that have expired**");
  expect(shown(repository)).toMatch(
    new RegExp(`\\| .main. \\| 1 \\| ${on.day(0)} \\| the waiver .waivers/web.yaml:1. expired on ${on.day(0)} \\|`),
  );
  await on.github.pushCommit(repository, "main", { "apps/web.yaml": GOOD, "waivers/web.yaml": "" });
  await on.app.idle();
  await on.nights();
  expect(repository.issues).toMatchObject([{ state: "closed" }]);
  await on.github.pushCommit(repository, "main", { "apps/web.yaml": BAD });
  await on.app.idle();
  await on.nights();
  expect(repository.issues).toMatchObject([{ state: "open" }]);
  expect(shown(repository)).toMatch(/\| .main. \| 1 \| .* \| commits \[/);
});

test("without the key in the configuration there is no issue, and it is closed when the key goes", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": BAD }, "");
  await on.nights();
  expect(repository.issues).toEqual([]);
  await on.github.pushCommit(repository, "main", rules(WANTED));
  await on.app.idle();
  expect(repository.issues).toMatchObject([{ state: "open" }]);
  await on.github.pushCommit(repository, "main", rules());
  await on.app.idle();
  expect(repository.issues).toMatchObject([{ state: "closed" }]);
});

test("what people wrote into waivers does nothing in the issue", async () => {
  const reason = "see <img src=x> [here](https://evil.example) @acme/all | ![x](y) #1";
  const repository = await repositoryWith({ "apps/web.yaml": BAD, ...waiver(on.day(2), reason) });
  await on.nights();
  const body = repository.issues[0]?.body ?? "";
  expect(body).toContain("&lt;img src=x&gt;");
  for (const active of ["<img", "](https://evil", "@acme", "| !", "![x]", " #1"]) expect(body).not.toContain(active);
});

test("a repository without issues is left alone, and gets its issue once it has them", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": BAD });
  repository.hasIssues = false;
  await on.nights();
  expect(await on.metric("portcullis_compliance_issues_unwritten")).toBe(1);
  const asked = on.github.calls.length;
  await on.sweeps();
  expect(on.github.calls.length).toBe(asked);
  repository.hasIssues = true;
  await on.nights();
  expect(repository.issues).toMatchObject([{ state: "open" }]);
  expect(await on.metric("portcullis_compliance_issues_unwritten")).toBe(0);
});

test("without the permission to write issues, that is stored", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": BAD });
  const installation = on.github.world.installations[0]!;
  installation.permissions = { ...installation.permissions, issues: "read" };
  await on.nights();
  expect(repository.issues).toEqual([]);
  expect(await on.metric("portcullis_compliance_issues_unwritten")).toBe(1);
});

test("an answer that is lost, and a number that is lost, open no second issue", async () => {
  const repository = await repositoryWith({ "apps/web.yaml": BAD });
  const fault = on.github.fault({ kind: "lost-answer" }, { operation: "issues/create", times: 1 });
  await on.nights();
  expect(fault.hits).toBe(1);
  await on.app.server.database.query("update portcullis.compliance set issue = null, issue_digest = null");
  await on.nights();
  expect(repository.issues).toHaveLength(1);
});
