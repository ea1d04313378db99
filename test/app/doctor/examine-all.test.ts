import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { examineAll, type ExamineRequest } from "../../../src/app/doctor/examine.ts";
import type { Settings } from "../../../src/app/settings.ts";
import type { Diagnosis, DiagnosisGroup } from "../../../src/model/diagnosis.ts";
import { settingsFor } from "../../support/app.ts";
import { deployment, rules } from "../../support/fleet.ts";
import { startGitHub, type GitHubOptions, type SimulatedGitHub } from "../../support/github/server.ts";
import type { BranchRules, Installation, Repository } from "../../support/github/state.ts";

const files = { ...rules(), "apps/web.yaml": deployment("nginx:1.27") };
const config = rules()["portcullis.yaml"];

const started: SimulatedGitHub[] = [];
async function gitHub(options?: GitHubOptions): Promise<SimulatedGitHub> {
  const github = await startGitHub(options);
  started.push(github);
  return github;
}
afterEach(async () => {
  for (const github of started.splice(0)) {
    expect(github.violations).toEqual([]);
    await github.close();
  }
});

interface Examined {
  readonly groups: readonly DiagnosisGroup[];
  /** What is not right, and the next step, as lines. */
  readonly wrong: readonly string[];
  readonly of: (area: string) => readonly Diagnosis[];
}

async function examined(
  github: SimulatedGitHub,
  request: Partial<Pick<ExamineRequest, "repositories" | "ping" | "environment">> = {},
  settings: Partial<Settings> = {},
): Promise<Examined> {
  const stateDir = join(mkdtempSync(join(tmpdir(), "portcullis-doctor-test-")), "state");
  const groups: DiagnosisGroup[] = [];
  const all = examineAll({
    environment: {},
    repositories: [],
    ping: false,
    settings: { kind: "settings", settings: { ...settingsFor(github, stateDir), ...settings } },
    ...request,
  });
  for await (const group of all) groups.push(group);
  return {
    groups,
    wrong: groups.flatMap(({ diagnoses }) =>
      diagnoses.filter(({ state }) => state !== "ok").map(({ state, found, next }) => `${state}: ${found} → ${next}`),
    ),
    of: (area) => groups.filter((group) => group.area === area).flatMap(({ diagnoses }) => diagnoses),
  };
}

const pinned = (github: SimulatedGitHub, more: Partial<BranchRules> = {}): BranchRules => ({
  checks: [{ context: "portcullis", integrationId: github.appId }],
  strict: true,
  bypass: { actors: [] },
  ...more,
});

async function protectedRepository(github: SimulatedGitHub, fullName = "acme/gitops"): Promise<Repository> {
  const repository = await github.createRepository({ fullName, files });
  github.protect(repository, "main", pinned(github));
  return repository;
}

const installationOf = (github: SimulatedGitHub): Installation => github.world.installations[0]!;

test("an App whose webhooks arrive nowhere yet: all else is right, and GitHub is only read", async () => {
  const github = await gitHub();
  await protectedRepository(github);
  await github.settle();
  github.world.deliveries.length = 0;
  github.setWebhookUrl("https://gate.example.com/api/github/webhooks");
  const { wrong, groups } = await examined(github);
  expect(wrong).toEqual([
    "unknown: GitHub has delivered nothing in the past days → if pull requests were opened or pushed to since: App settings → General → Webhook must be active",
  ]);
  expect(groups.map(({ title }) => title)).toEqual([
    "Settings",
    "GitHub's API",
    "The App",
    "Installations",
    "Webhook",
    "Git",
    "State directory",
    "Database",
    "acme/gitops",
  ]);
  const writes = github.restCalls().filter(({ method }) => method !== "GET");
  expect([...new Set(writes.map(({ operation }) => operation))]).toEqual(["apps/create-installation-access-token"]);
});

test("settings that the server refuses: each reason, and nothing else is examined", async () => {
  const groups: DiagnosisGroup[] = [];
  const reasons = ["APP_ID is not set.", "WEBHOOK_SECRET is not set."];
  const settings = { kind: "refused", reasons } as const;
  for await (const group of examineAll({ environment: {}, repositories: [], ping: false, settings }))
    groups.push(group);
  expect(groups).toEqual([
    {
      area: "settings",
      title: "Settings",
      diagnoses: reasons.map((found) => ({
        code: "settings/refused",
        state: "failure",
        found,
        next: "with these settings portcullis serve does not start: see portcullis serve --help",
      })),
    },
  ]);
});

test("a GitHub that does not answer: what needs it cannot be told, and the rest is examined", async () => {
  const github = await gitHub();
  const proxied = { HTTPS_PROXY: "http://user:hidden@proxy.example.com:8080" };
  const closed = await startGitHub();
  await closed.close();
  const { wrong, groups } = await examined(github, { environment: proxied }, { apiUrl: closed.apiUrl });
  expect(wrong).toEqual([
    `failure: ${closed.apiUrl} does not answer by the proxy proxy.example.com:8080: ECONNREFUSED → check GITHUB_API_URL, and HTTPS_PROXY and NO_PROXY`,
    "unknown: nothing is known of the App: ECONNREFUSED → undefined",
    "unknown: they cannot be listed: ECONNREFUSED → undefined",
    "unknown: its configuration cannot be read: ECONNREFUSED → undefined",
    "unknown: the last deliveries cannot be read: ECONNREFUSED → undefined",
    "unknown: there is no repository to try a fetch with → undefined",
    "unknown: they cannot be listed: ECONNREFUSED → undefined",
  ]);
  expect(JSON.stringify(groups)).not.toContain("hidden");
});

test("a key of another App, and an App that is not there", async () => {
  const github = await gitHub();
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" }) as string;
  const { of } = await examined(github, {}, { privateKey: pem });
  expect(of("app")).toEqual([
    expect.objectContaining({
      code: "app/credentials",
      state: "failure",
      found: expect.stringMatching(/GitHub does not accept this private key for the App 4242: GitHub answered 401/),
    }),
  ]);
  const fault = github.fault({ kind: "status", status: 404, message: "Integration not found" }, { times: 9 });
  const absent = await examined(github);
  fault.lift();
  expect(absent.of("app")[0]?.found).toMatch(
    /^GitHub knows no App 4242 at http.*: GitHub answered 404 to GET \/api\/v3\/app: Integration not found$/,
  );
});

test("an App that is registered with too little and too much", async () => {
  const github = await gitHub({
    permissions: { metadata: "read", contents: "write", checks: "write", pull_requests: "write", issues: "write" },
    events: [
      "pull_request",
      "push",
      "check_run",
      "check_suite",
      "issue_comment",
      "repository",
      "repository_dispatch",
      "membership",
      "team",
      "organization",
      "member",
      "issues",
    ],
  });
  await protectedRepository(github);
  const { of } = await examined(github);
  expect(of("app").filter(({ state }) => state !== "ok")).toEqual([
    expect.objectContaining({
      state: "warning",
      found: "the App is registered without the permission merge_queues: read; without it a merge queue waits for ever",
    }),
    expect.objectContaining({
      found:
        "the App is registered without the permission statuses: write; without it GitHub does not offer the App as the source of a required check",
      next: "add it under Permissions & events in the App's settings; each installation must then accept them",
    }),
    expect.objectContaining({
      found:
        "the App is registered without the permission members: read; without it no member of a team can approve what `owners` gives to the team",
    }),
    expect.objectContaining({
      found:
        "the App is registered without the event pull_request_review; without it an approval is noticed by the sweep alone, up to an hour later",
    }),
    expect.objectContaining({
      found: "the App is registered without the event merge_group; without it a merge queue waits for ever",
    }),
    expect.objectContaining({ found: "the App may do more than it needs: contents: write" }),
  ]);
});

test("an installation that has not accepted a new permission, and so is not told of merge groups", async () => {
  const github = await gitHub();
  const repository = await github.createRepository({ fullName: "acme/gitops", files });
  github.protect(repository, "main", pinned(github, { mergeQueue: true }));
  const { merge_queues: _, ...granted } = installationOf(github).permissions;
  installationOf(github).permissions = granted;
  const { of } = await examined(github);
  expect(of("installations")).toEqual([
    expect.objectContaining({
      code: "installations/lacking",
      found: "acme has not granted the permission merge_queues: read; without it a merge queue waits for ever",
      next: "an owner of acme accepts it: Settings → GitHub Apps → Configure → Review request",
    }),
  ]);
  expect(of("repositories")).toContainEqual(
    expect.objectContaining({ code: "branch/queue-unheard", state: "failure" }),
  );
});

test("an installation that is suspended, beside one that is not", async () => {
  const github = await gitHub();
  await protectedRepository(github, "acme/gitops");
  await protectedRepository(github, "beta/gitops");
  installationOf(github).suspended = true;
  const { of, groups } = await examined(github);
  expect(of("installations")).toEqual([
    expect.objectContaining({
      state: "ok",
      found: "beta: installed with all permissions and events of app.yml",
    }),
    expect.objectContaining({
      state: "warning",
      found: "acme has suspended the App: nothing there is judged, and checks that are required never come",
    }),
  ]);
  expect(groups.map(({ repository }) => repository).filter(Boolean)).toEqual(["beta/gitops"]);
});

test("an App that is installed nowhere", async () => {
  const { of } = await examined(await gitHub());
  expect(of("installations")).toEqual([expect.objectContaining({ code: "installations/none", state: "failure" })]);
  expect(of("repositories")).toEqual([expect.objectContaining({ code: "repositories/none", state: "warning" })]);
});

test("repositories: what each gates and how it is held back, and what is not enrolled", async () => {
  const github = await gitHub();
  const other = await github.createRepository({
    fullName: "acme/other",
    files: { ...files, "portcullis.yaml": `${config}branches: [release]\n` },
  });
  await github.pushRef(other, "release", "main");
  github.protect(other, "main", { checks: [{ context: "portcullis" }], strict: true });
  github.protect(other, "release", { checks: [], classic: { checks: [{ context: "portcullis: release" }] } });
  await github.createRepository({ fullName: "acme/website", files: { "index.html": "" } });
  await github.createRepository({ fullName: "acme/broken", files: { ...files, "portcullis.yaml": "mode: off\n" } });
  const { groups } = await examined(github);
  const told = groups
    .filter(({ area }) => area === "repositories")
    .map(({ title, diagnoses }) => [title, diagnoses.map(({ code, state }) => `${state} ${code}`)]);
  expect(told).toEqual([
    [
      "acme/other",
      [
        "ok repository/enrolled",
        "failure branch/unpinned",
        "ok branch/up-to-date",
        "failure branch/unpinned",
        "unknown branch/stale-base",
      ],
    ],
    ["acme/broken", ["failure repository/configuration"]],
    ["Repositories", ["ok repositories/not-enrolled", "unknown repositories/bypass"]],
  ]);
});

test("branches that patterns match, with their checks, and entries that match none", async () => {
  const github = await gitHub();
  const branches = 'branches: ["release/*", { branch: live, check: gate on live }, "gone/*"]';
  const repository = await github.createRepository({
    fullName: "acme/gitops",
    files: { ...files, "portcullis.yaml": `${config}${branches}\n` },
  });
  for (const branch of ["release/1", "release/2", "feature", "live"]) await github.pushRef(repository, branch, "main");
  github.protect(repository, "main", pinned(github));
  const of = (context: string): BranchRules => pinned(github, { checks: [{ context, integrationId: github.appId }] });
  github.protect(repository, "release/1", of("portcullis: release/1"));
  github.protect(repository, "live", of("gate on live"));
  const { of: area } = await examined(github);
  expect(area("repositories").map(({ state, found }) => `${state} ${found}`)).toEqual([
    "ok enrolled, gates main, live, release/1, release/2",
    'warning branches: no branch matches "gone/*"',
    'ok main: the check "portcullis" is required, from this App alone',
    "ok main: branches must be up to date before they are merged",
    'ok live: the check "gate on live" is required, from this App alone',
    "ok live: branches must be up to date before they are merged",
    'ok release/1: the check "portcullis: release/1" is required, from this App alone',
    "ok release/1: branches must be up to date before they are merged",
    'failure release/2: no rule requires the check "portcullis: release/2", so it blocks nothing',
  ]);
});

test("who may bypass a ruleset is told where GitHub tells it", async () => {
  const github = await gitHub();
  const repository = await github.createRepository({ fullName: "acme/gitops", files });
  const actors = [
    { actor_type: "OrganizationAdmin", actor_id: null },
    { actor_type: "Team", actor_id: 7 },
  ];
  github.protect(repository, "main", pinned(github, { bypass: { actors, byApp: "always" } }));
  expect((await examined(github)).of("repositories").slice(-2)).toEqual([
    expect.objectContaining({ found: 'the ruleset "Protect main" can be bypassed by OrganizationAdmin, Team 7' }),
    expect.objectContaining({ found: 'the ruleset "Protect main" can be bypassed by this App, which never needs to' }),
  ]);
  github.protect(repository, "main", pinned(github, { bypass: {} }));
  expect((await examined(github)).of("repositories").at(-1)).toMatchObject({
    state: "unknown",
    found: "GitHub does not show the App who may bypass the ruleset that requires its check",
  });
});

test("rules that GitHub does not show cannot be told, and the other repositories can", async () => {
  const github = await gitHub();
  await protectedRepository(github, "acme/free");
  await protectedRepository(github, "acme/gitops");
  const message = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
  github.fault({ kind: "status", status: 403, message }, { path: /free\/rules/, times: 9 });
  const { of } = await examined(github);
  expect(of("repositories").filter(({ state }) => state !== "ok")).toEqual([
    {
      code: "branch/unread",
      state: "unknown",
      found: `main: its rules cannot be read: GitHub answered 403 to GET /api/v3/repos/acme/free/rules/branches/main: ${message}`,
    },
  ]);
  expect(of("repositories").filter(({ code }) => code === "branch/required")).toHaveLength(1);
});

test("of repositories that are named, only these are examined, and those that are not there are named", async () => {
  const github = await gitHub();
  await protectedRepository(github);
  await protectedRepository(github, "acme/second");
  await github.createRepository({ fullName: "acme/website", files: { "index.html": "" } });
  const repositories = ["ACME/second", "acme/website", "acme/absent"];
  const { groups, of } = await examined(github, { repositories });
  expect(groups.map(({ repository }) => repository).filter(Boolean)).toEqual(["acme/second"]);
  expect(of("repositories").filter(({ state }) => state !== "ok")).toEqual([
    expect.objectContaining({
      state: "failure",
      found: "the App is not installed on acme/absent, or there is no such repository",
    }),
    expect.objectContaining({ state: "warning", found: "not enrolled, nothing is judged there: acme/website" }),
  ]);
});

test("Git that cannot read what the API shows", async () => {
  const github = await gitHub();
  await protectedRepository(github);
  github.fault({ kind: "status", status: 502 }, { operation: "git/info-refs", times: 9 });
  const { of } = await examined(github);
  expect(of("git").at(-1)).toMatchObject({
    state: "failure",
    found: expect.stringMatching(/^it cannot read http.*acme\/gitops\.git: fatal: .*502/),
  });
});

test("a rate limit is told as such, and ends nothing", async () => {
  const github = await gitHub();
  await protectedRepository(github);
  github.fault({ kind: "secondary-limit", retryAfter: 60 }, { operation: "repos/get-content", times: 9 });
  const { of } = await examined(github);
  expect(of("repositories")).toEqual([
    expect.objectContaining({
      code: "repository/unread",
      found: expect.stringMatching(/GitHub asks to wait \d+ s \(rate limit\)/),
    }),
  ]);
});

test("what a shared configuration says is named as not known", async () => {
  const github = await gitHub();
  const extending = { ...files, "portcullis.yaml": `${config}extends: gate.yaml\n`, "gate.yaml": "version: 1\n" };
  await github.createRepository({ fullName: "acme/gitops", files: extending });
  const { wrong } = await examined(github);
  expect(wrong).toContainEqual(expect.stringMatching(/^unknown: extends gate\.yaml, which is not read here/));
});
