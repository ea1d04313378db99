import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { appOctokit } from "../../src/github/app-client.ts";
import { createClients, type Clients } from "../../src/github/clients.ts";
import { failureOf } from "../../src/github/failure.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;
let clients: Clients;
let shop: Repository;
beforeAll(async () => {
  github = await startGitHub();
  shop = await github.createRepository({ fullName: "acme/shop" });
  await github.createRepository({ fullName: "acme/web" });
  const { apiUrl, appId, privateKey } = github;
  const { fetch } = globalThis;
  clients = createClients({ apiUrl, app: appOctokit({ apiUrl, appId, privateKey, fetch }), fetch });
});
afterAll(() => github.close());
afterEach(() => expect(github.violations).toEqual([]));

test("the App reads its registration and its installations", async () => {
  const app = await clients.asApp();
  expect(await app.readRegistration()).toMatchObject({
    slug: "portcullis",
    owner: "portcullis-makers",
    permissions: { checks: "write" },
    events: expect.arrayContaining(["pull_request"]),
  });
  const [installation] = github.world.installations;
  installation!.suspended = true;
  expect(await app.readInstallations()).toMatchObject([
    { id: installation!.id, account: "acme", suspended: true, permissions: { contents: "read" } },
  ]);
  installation!.suspended = false;
  expect(await app.readInstallations()).toMatchObject([{ suspended: false }]);
});

test("the repositories of an installation are read", async () => {
  expect(await clients.readRepositories(github.world.installations[0]!.id)).toMatchObject([
    { id: shop.id, owner: "acme", name: "shop", defaultBranch: "main", archived: false },
    { owner: "acme", name: "web" },
  ]);
});

test("deliveries are read page by page, and one is delivered again by the digits of its id", async () => {
  const app = await clients.asApp();
  const { world } = github;
  for (let n = 0; n < 51; n++) await github.pushCommit(shop, "many", { "n.txt": String(n) });
  await github.settle();
  const first = await app.readDeliveries();
  expect(first.deliveries).toHaveLength(100);
  expect(first.deliveries[0]).toMatchObject({ guid: world.deliveries.at(-1)!.guid, status: 0 });
  expect(Number.isSafeInteger(Number(first.deliveries[0]!.id))).toBe(false);
  const second = await app.readDeliveries(first.next);
  expect(100 + second.deliveries.length).toBe(world.deliveries.length);
  expect(second.next).toBeUndefined();
  const lost = second.deliveries[0]!;
  await app.redeliver(lost.id);
  await github.settle();
  expect(world.deliveries.at(-1)).toMatchObject({ guid: lost.guid, redelivery: true });
});

test("a rate limit of the App holds back the App and no installation", async () => {
  const app = await clients.asApp();
  github.fault({ kind: "secondary-limit", retryAfter: 30 }, { operation: "apps/list-installations" });
  const limited = await app.readInstallations().catch(failureOf);
  expect(limited).toEqual({ kind: "limited", seconds: 30 });
  expect(await app.readDeliveries().catch(failureOf)).toMatchObject({ kind: "limited" });
  expect(await clients.readRepositories(github.world.installations[0]!.id)).toHaveLength(2);
});
