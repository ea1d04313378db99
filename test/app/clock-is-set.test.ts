import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { failureOf } from "../../src/github/failure.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { installationFor } from "../support/github/clients.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { Installation, Repository } from "../support/github/state.ts";

const TOKEN = "apps/create-installation-access-token";
const HOURS = 3_600_000;

let github: SimulatedGitHub;
let app: TestApp;
let installation: Installation;
let shop: Repository;
let web: Repository;
const RealDate = Date;

beforeAll(async () => {
  github = await startGitHub({ now: () => new RealDate() });
  app = await startApp(github);
  shop = await github.createRepository({ fullName: "acme/shop" });
  web = await github.createRepository({ fullName: "acme/web" });
  installation = installationFor(github, shop);
  // What the App does about new repositories needs tokens too.
  await app.idle();
});
afterEach(() => {
  globalThis.Date = RealDate;
  expect(github.violations).toEqual([]);
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

/** Sets the clock of the App by so many milliseconds; that of GitHub stays as it is. */
function setClock(by: number): void {
  const shifted = (): Date => new RealDate(RealDate.now() + by);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: []) => (given.length === 0 ? shifted() : new target(...given)),
    get: (target, name) => (name === "now" ? () => shifted().getTime() : Reflect.get(target, name)),
  });
}

const access = (repository: Repository): Promise<unknown> =>
  app.server.services.clients.access(installation.id, repository.id);
/** The same with a new token. */
function accessAnew(repository: Repository): Promise<unknown> {
  app.server.services.clients.forget(installation.id, repository.id);
  return access(repository);
}
const tokens = (): number => github.calls.filter(({ operation }) => operation === TOKEN).length;

test.each([
  ["forward", 2 * HOURS],
  ["back", -2 * HOURS],
])("a clock that is set %s by hours holds up no request, and tokens that are valid stay in use", async (_way, by) => {
  const before = await access(shop);
  setClock(by);
  await accessAnew(web);
  const asked = tokens();
  await access(web);
  expect(await access(shop)).toBe(before);
  expect(tokens()).toBe(asked);
});

test("a rate limit that refuses a token ends the call, and no library waits for it", async () => {
  const asked = tokens();
  github.fault({ kind: "rate-limit", resetIn: 600 }, { operation: TOKEN });
  expect(await accessAnew(web).catch(failureOf)).toMatchObject({ kind: "limited" });
  expect(tokens()).toBe(asked + 1);
});
