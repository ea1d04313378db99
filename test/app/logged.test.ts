import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { startApp, type TestApp } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { signedHeaders } from "../support/github/deliveries.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { Account } from "../support/github/state.ts";
import { until } from "../support/until.ts";

const GOOD = deployment("nginx:1.27");
const BETTER = deployment("nginx:1.28");

let github: SimulatedGitHub;
let app: TestApp;
let count = 0;
beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github);
});
afterAll(async () => {
  await app.stop();
  await github.close();
});
afterEach(() => {
  Object.assign(app.server.services.store, original);
  expect(github.violations).toEqual([]);
});

const original: Partial<TestApp["server"]["services"]["store"]> = {};
function breakStore(name: "enqueueWork" | "acceptDelivery", error: () => Error): void {
  const { store } = app.server.services;
  if (original[name] === undefined) Object.assign(original, { [name]: store[name] });
  Object.assign(store, { [name]: () => Promise.reject(error()) });
}

type Line = { readonly [field: string]: unknown };
/** Lines with a message that an operator sees: without those of level debug. */
const linesWith = (message: string): readonly Line[] =>
  app.log
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line["msg"] === message && Number(line["level"]) >= 30);

async function post(event: string, guid: string, body: string, headers: object = {}): Promise<number> {
  const response = await fetch(`${app.url}/api/github/webhooks`, {
    method: "POST",
    body,
    headers: { ...signedHeaders(github.webhookSecret, event, guid, body), ...headers },
  });
  return response.status;
}

async function repository(): ReturnType<SimulatedGitHub["createRepository"]> {
  const made = await github.createRepository({
    fullName: `acme/logged-${++count}`,
    files: { ...rules(), "apps/web.yaml": GOOD },
  });
  await app.idle();
  return made;
}

/** What PGlite attaches to an error: the query and its parameters, among them the payload. */
const databaseError = (payload: string): Error =>
  Object.assign(new Error("relation does not exist", { cause: new SyntaxError(`"${payload}" is not valid JSON`) }), {
    code: "42P01",
    params: ["guid", payload],
    detail: payload,
    request: { headers: { authorization: payload }, body: payload },
  });

const FAILED = "a delivery could not be handled and will be tried again";
const DEAD = "a delivery could not be handled and is not tried again";

test("a payload is in no line of the log at any level, whatever throws", async () => {
  const marked = (what: string): string => `marker-${what}`;
  const payload = JSON.stringify({
    action: "opened",
    installation: { id: 1 },
    repository: { id: 7, name: "shop", full_name: "acme/shop", owner: { login: "acme" } },
    pull_request: {
      number: 3,
      title: marked("title"),
      body: marked("body"),
      head: { ref: marked("branch"), sha: "0123456789012345678901234567890123456789" },
      base: { ref: "main" },
      updated_at: "2027-01-15T10:00:00Z",
    },
    comment: { body: marked("comment") },
  });
  breakStore("enqueueWork", () => databaseError(payload));
  const guid = randomUUID();
  expect(await post("pull_request", guid, payload)).toBe(202);
  await until(() => linesWith(FAILED).length > 0, "the failed delivery in the log");
  expect(linesWith(FAILED)).toMatchObject([
    {
      delivery: guid,
      event: "pull_request",
      repository: "acme/shop",
      cause: "Error 42P01: relation does not exist",
      err: { type: "Error", code: "42P01", message: "relation does not exist", cause: { type: "SyntaxError" } },
    },
  ]);

  breakStore("acceptDelivery", () => databaseError(payload));
  expect(await post("pull_request", randomUUID(), payload)).toBe(503);
  expect(linesWith("a delivery could not be stored")).toHaveLength(1);
  expect(app.log.join("")).not.toContain("marker-");
  await app.server.database.query("delete from portcullis.deliveries where guid = $1", [guid]);
});

test("a delivery that cannot be handled is tried after growing pauses, dies, is counted, and lives when it comes again", async () => {
  const repo = await repository();
  const pull = await github.proposeFiles(repo, { "apps/web.yaml": BETTER });
  await app.idle();
  const { database, services } = app.server;
  const [before, deadBefore] = [linesWith(FAILED).length, linesWith(DEAD).length];
  breakStore("enqueueWork", () => new TypeError("a bug"));
  await github.editTitle(pull, "another title");
  await github.pushToPull(pull, { "apps/web.yaml": deployment("nginx:1.29") });
  await until(() => linesWith(FAILED).length > before, "the failed delivery in the log");
  const [line] = linesWith(FAILED).slice(before);
  const guid = String(line?.["delivery"]);
  const waiting = async (): Promise<{ attempts: number; seconds: number } | undefined> => {
    const [row] = await database.query<{ attempts: number; seconds: number | string }>(
      "select attempts, extract(epoch from run_at - now()) as seconds from portcullis.deliveries where guid = $1 and handled_at is null",
      [guid],
    );
    return row === undefined ? undefined : { attempts: row.attempts, seconds: Number(row.seconds) };
  };
  const tryAgain = async (): Promise<void> => {
    await database.query("update portcullis.deliveries set run_at = now() where guid = $1", [guid]);
    await services.queue.send("delivery", { guid });
  };
  let pause = 0;
  for (let attempt = 1; attempt < 12; attempt++) {
    await until(async () => (await waiting())?.attempts === attempt, `attempt ${attempt}`);
    const { seconds = 0 } = (await waiting()) ?? {};
    if (attempt < 10) expect(seconds).toBeGreaterThan(pause);
    pause = seconds;
    await tryAgain();
  }
  await until(() => linesWith(DEAD).length > deadBefore, "the dead delivery in the log");
  expect(await waiting()).toBeUndefined();
  expect(linesWith(FAILED)).toHaveLength(before + 1);
  expect(linesWith(DEAD).at(-1)).toMatchObject({
    delivery: guid,
    event: "pull_request",
    repository: `acme/logged-${count}`,
    attempts: 12,
    cause: "TypeError: a bug",
  });
  const dead = await database.query("select event, repository, attempts, cause from portcullis.dead_deliveries");
  expect(dead).toEqual([
    { event: "pull_request", repository: `acme/logged-${count}`, attempts: 12, cause: "TypeError: a bug" },
  ]);
  const metric = async (): Promise<string> => (await fetch(`${app.url}/metrics`)).text();
  expect(await metric()).toMatch(/^portcullis_deliveries_dead 1$/m);

  Object.assign(services.store, original);
  const delivered = github.deliveries.find((delivery) => delivery.guid === guid);
  if (delivered === undefined) throw new Error("no such delivery");
  github.redeliver(delivered);
  await app.idle();
  expect((await app.concluded(pull)).conclusion).toBe("success");
  expect(await metric()).toMatch(/^portcullis_deliveries_dead 0$/m);
});

test("what GitHub said to a refused call is logged once for each cause", async () => {
  const repo = await repository();
  const fault = github.fault(
    { kind: "status", status: 500, message: "Something is wrong here" },
    { operation: "pulls/get", times: 3 },
  );
  const pull = await github.proposeFiles(repo, { "apps/web.yaml": BETTER });
  await app.idle();
  expect(fault.hits).toBe(3);
  const lines = linesWith("GitHub refused a request");
  expect(lines).toMatchObject([
    {
      count: 1,
      github: {
        status: 500,
        request: expect.stringMatching(new RegExp(`^GET .*/repos/acme/logged-${count}/pulls/${pull.number}$`)),
        message: "Something is wrong here",
        docs: expect.stringContaining("https://docs.github.com/"),
        id: expect.stringMatching(/^[0-9A-F:]+$/),
      },
    },
  ]);
});

test("deliveries that are refused are logged once for each cause, with a count", async () => {
  const unsigned = { "x-hub-signature-256": "sha256=no" };
  for (let n = 0; n < 25; n++) expect(await post("push", randomUUID(), `{"n":"marker-${n}"}`, unsigned)).toBe(401);
  expect(await post("push", randomUUID(), "[]")).toBe(400);
  expect(linesWith("a delivery was refused")).toMatchObject([
    { answer: 401, reason: "the signature is wrong", count: 1 },
    { answer: 401, reason: "the signature is wrong", count: 10 },
    { answer: 400, reason: "the body is not a JSON object", count: 1 },
  ]);
  expect(app.log.join("")).not.toContain("marker-");
});

test("a command is answered once, whoever gives it", async () => {
  const repo = await repository();
  const pull = await github.proposeFiles(repo, { "apps/web.yaml": BETTER });
  await app.idle();
  const bot: Account = { id: 4_711, login: "renovate[bot]", type: "Bot" };
  const cases: readonly [string, Account, string | undefined][] = [
    ["/portcullis recheck", repo.owner, "+1"],
    ["/portcullis recheck", github.person("passer-by"), "-1"],
    ["/portcullis recheck", bot, "-1"],
    ["/portcullis rechek", github.person("passer-by"), "confused"],
    ["thank you", repo.owner, undefined],
  ];
  for (const [text, by, reaction] of cases) {
    const comment = github.comment(pull, text, by);
    await app.idle();
    expect(comment.reactions.map(({ content }) => content)).toEqual(reaction === undefined ? [] : [reaction]);
    const delivery = github.deliveries.findLast(({ event }) => event === "issue_comment");
    if (delivery === undefined) throw new Error("no delivery");
    // Under another id, so that the App handles it once more.
    await post("issue_comment", randomUUID(), JSON.stringify(delivery.payload));
    await app.idle();
    expect(comment.reactions).toHaveLength(reaction === undefined ? 0 : 1);
  }
  // Asked for by the owner, twice.
  expect(github.runsOf(pull, "portcullis")).toHaveLength(3);
  expect(linesWith(FAILED).filter(({ event }) => event === "issue_comment")).toEqual([]);
});
