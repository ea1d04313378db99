import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Difference } from "../../src/app/reconcile/differences.ts";
import { reconcilePulls } from "../../src/app/reconcile/pulls.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { compared } from "../support/compared.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;
let stateDir: string;
let app: TestApp;
let repository: Repository;

beforeEach(async () => {
  github = await startGitHub();
  stateDir = await mkdtemp(join(tmpdir(), "portcullis-reconciled-"));
  app = await startApp(github, { stateDir });
  repository = await github.createRepository({
    fullName: "acme/fleet",
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  await compared(app);
});
afterEach(async () => {
  await app.stop();
  await rm(stateDir, { recursive: true, force: true });
  expect(github.violations).toEqual([]);
  await github.close();
});

const propose = (image: string, name = "web"): Promise<PullRequest> =>
  github.proposeFiles(repository, { [`apps/${name}.yaml`]: deployment(image, name) });

/** Asks for a comparison with GitHub, and waits for it and all that follows. */
async function compare(): Promise<void> {
  await app.server.reconcile();
  await compared(app);
}

const differences = (): readonly unknown[] =>
  app.log
    .map((line) => JSON.parse(line) as { readonly msg: string; readonly part?: string; readonly differences?: object })
    .filter(({ msg }) => msg === "compared with GitHub");

test("what did not reach the App is delivered again and handled once; what it accepted is not asked for", async () => {
  const pull = await propose("nginx:1.28");
  await app.idle();
  github.setWebhookUrl(undefined);
  const command = github.comment(pull, "/portcullis recheck", repository.owner);
  github.comment(pull, "nothing to do", repository.owner);
  await github.settle();
  github.setWebhookUrl(`${app.url}/api/github/webhooks`);
  // Accepted, but GitHub had hung up.
  const accepted = github.world.deliveries.findLast(({ event }) => event === "pull_request")!;
  Object.assign(accepted, { statusCode: 504, status: "timed out" });
  const runs = repository.runs.length;
  await compare();
  await compare();
  const again = github.world.deliveries.filter(({ redelivery }) => redelivery);
  expect(again.map(({ event }) => event)).toEqual(["issue_comment", "issue_comment"]);
  expect(command.reactions).toMatchObject([{ content: "+1" }]);
  expect(repository.runs).toHaveLength(runs + 1);
  expect(differences()).toContainEqual(
    expect.objectContaining({ part: "deliveries", differences: { "delivery lost": 2 } }),
  );
});

test("a repository that was renamed and transferred without a word keeps its enrolment and its open work", async () => {
  const pull = await propose("nginx:latest");
  await app.concluded(pull);
  await app.idle();
  const other = github.install(github.person("elsewhere"));
  await app.idle();
  github.delivery.drop = () => true;
  github.rename(repository, "estate");
  github.transfer(repository, other.account);
  await github.settle();
  github.delivery.drop = () => false;
  await compare();
  const [row] = await app.server.database.query(
    "select owner, name, installation, enrolled_at is not null as enrolled from portcullis.repositories",
  );
  expect(row).toMatchObject({ owner: "elsewhere", name: "estate", enrolled: true });
  expect(Number(row?.["installation"])).toBe(other.id);
  expect(github.runsOf(pull, "portcullis")).toHaveLength(1);
  const next = await propose("nginx:latest", "next");
  expect(await app.concluded(next)).toMatchObject({ conclusion: "failure" });
});

test("an installation that was deleted without a word is forgotten, one that is suspended is not", async () => {
  const [installation] = github.world.installations;
  installation!.suspended = true;
  await compare();
  const stored = (): Promise<readonly unknown[]> =>
    app.server.database.query("select id from portcullis.repositories union select repository from portcullis.heads");
  expect(await stored()).toHaveLength(1);
  installation!.suspended = false;
  await compare();
  expect(await stored()).toHaveLength(1);
  github.world.installations.length = 0;
  await compare();
  expect(await stored()).toEqual([]);
});

test("a check that GitHub does not show as it was left, or that nobody works on, gets its verdict", async () => {
  const [missing, stuck, changed] = [
    await propose("nginx:1.28", "a"),
    await propose("nginx:1.28", "b"),
    await propose("nginx:1.28", "c"),
  ];
  for (const pull of [missing, stuck, changed]) await app.concluded(pull);
  await app.idle();
  repository.runs.splice(repository.runs.indexOf(github.runsOf(missing, "portcullis")[0]!), 1);
  Object.assign(github.runsOf(stuck, "portcullis")[0]!, { status: "in_progress", conclusion: null });
  Object.assign(github.runsOf(changed, "portcullis")[0]!, { conclusion: "cancelled" });
  await compare();
  for (const pull of [missing, stuck, changed])
    expect(github.runsOf(pull, "portcullis").at(-1)).toMatchObject({ status: "completed", conclusion: "success" });
  expect(differences().at(-1)).toMatchObject({ differences: { "verdict missing": 2, "run left in progress": 1 } });
});

test("what is judged again during a comparison is not judged once more because of it", async () => {
  const pulls = [await propose("nginx:1.28", "a"), await propose("nginx:1.28", "b")];
  await app.idle();
  const { services } = app.server;
  const stored = (await services.store.findRepository(repository.id))!;
  const access = await services.clients.access(stored.installation, stored.id);
  const found: Difference[] = [];
  let paces = 0;
  const pace = async (): Promise<void> => {
    paces++;
    if (paces > 1) return;
    await github.pushCommit(repository, "main", { "policies/tag.rego": NO_LATEST.replace(":latest", ":1.28") });
    await app.idle();
  };
  const onDifference = (kind: Difference): void => void found.push(kind);
  await reconcilePulls(services, access.github, stored, { every: true, pace, onDifference });
  await app.idle();
  expect(paces).toBe(2);
  expect(found).toEqual([]);
  for (const pull of pulls)
    expect(github.runsOf(pull, "portcullis").map(({ conclusion }) => conclusion)).toEqual(["success", "failure"]);
});

test("GitHub's limits interrupt a comparison, which goes on where it was", async () => {
  await compared(app);
  const before = github.world.calls.length;
  github.fault({ kind: "secondary-limit", retryAfter: 1 }, { operation: "pulls/list" });
  await compare();
  const asked = github.world.calls.slice(before).filter(({ operation }) => operation === "apps/list-installations");
  expect(asked).toHaveLength(1);
});
