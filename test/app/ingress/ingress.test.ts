import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { startApp, type TestApp } from "../../support/app.ts";
import { signedHeaders } from "../../support/github/deliveries.ts";
import { startGitHub, type SimulatedGitHub } from "../../support/github/server.ts";
import { until } from "../../support/until.ts";

const OLD_SECRET = "the secret before rotation";

let github: SimulatedGitHub;
let app: TestApp;
let hook: string;

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github, {
    settings: { webhookSecrets: [github.webhookSecret, OLD_SECRET] },
  });
  hook = `${app.url}/api/github/webhooks`;
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

/** Counts deliveries that were stored. */
async function stored(): Promise<number> {
  const [row] = await app.server.database.query<{ n: number | string }>(
    "select count(*) as n from portcullis.deliveries",
  );
  return Number(row?.n);
}

async function post(
  body: string,
  headers: { readonly [name: string]: string },
): Promise<{ status: number; text: string }> {
  const response = await fetch(hook, { method: "POST", body, headers });
  return { status: response.status, text: await response.text() };
}

function without(name: string): (headers: { [name: string]: string }) => { [name: string]: string } {
  return (headers) => Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

const PUSH = JSON.stringify({
  ref: "refs/heads/elsewhere",
  repository: { id: 1, name: "r", owner: { login: "o" }, default_branch: "main" },
});

describe("a webhook", () => {
  const signed = (body: string, secret = github.webhookSecret): { [name: string]: string } =>
    signedHeaders(secret, "push", randomUUID(), body);

  test("that is signed is stored before it is accepted", async () => {
    const before = await stored();
    expect(await post(PUSH, signed(PUSH))).toEqual({ status: 202, text: "accepted\n" });
    expect(await stored()).toBe(before + 1);
  });

  test("signed with the other secret of a rotation is accepted", async () => {
    expect((await post(PUSH, signed(PUSH, OLD_SECRET))).status).toBe(202);
  });

  test("that is delivered again is accepted and stored once", async () => {
    const headers = signed(PUSH);
    const before = await stored();
    expect((await post(PUSH, headers)).status).toBe(202);
    expect((await post(PUSH, headers)).status).toBe(202);
    expect(await stored()).toBe(before + 1);
  });

  test("of an event that means nothing to us is answered and not stored", async () => {
    const before = await stored();
    const body = JSON.stringify({ action: "created", zen: "Speak like a human." });
    expect((await post(body, signedHeaders(github.webhookSecret, "star", randomUUID(), body))).status).toBe(202);
    expect((await post(body, signedHeaders(github.webhookSecret, "constructor", randomUUID(), body))).status).toBe(202);
    expect(await stored()).toBe(before);
  });

  test.each<[string, number, string, (headers: { [name: string]: string }) => { [name: string]: string }]>([
    ["whose signature is missing", 401, PUSH, without("x-hub-signature-256")],
    ["whose signature is for another body", 401, `${PUSH} `, (headers) => headers],
    ["whose signature is no signature", 401, PUSH, (headers) => ({ ...headers, "x-hub-signature-256": "sha256=no" })],
    ["without a delivery id", 400, PUSH, without("x-github-delivery")],
    ["without an event", 400, PUSH, without("x-github-event")],
    ["with a delivery id that is none", 400, PUSH, (headers) => ({ ...headers, "x-github-delivery": "a b'; --" })],
  ])("%s is refused with %d", async (_name, status, body, change) => {
    const before = await stored();
    const answer = await post(body, change(signed(PUSH)));
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain("elsewhere");
    expect(await stored()).toBe(before);
  });

  test.each(["not JSON", "[1,2]", "null", '"text"', "{"])("with the body %s is refused with 400", async (body) => {
    expect((await post(body, signed(body))).status).toBe(400);
  });

  test("of 60 MB is refused with 413, announced or not", async () => {
    const body = "x".repeat(60 * 1024 * 1024);
    expect((await post(body, signed(PUSH))).status).toBe(413);
    const chunked = await new Promise<number>((done, fail) => {
      const request = httpRequest(hook, { method: "POST", headers: signed(PUSH) }, (response) => {
        response.resume();
        done(response.statusCode ?? 0);
      });
      request.on("error", fail);
      for (let n = 0; n < 60; n++) request.write(body.slice(0, 1024 * 1024));
      request.end();
    });
    expect(chunked).toBe(413);
  });

  test.each([
    ["with half a character where it is cut", `${"x".repeat(499)}😀😀`],
    ["with a null character", "it is\u0000urgent"],
    ["with half a character", "it is \ud83d urgent"],
  ])("that asks for an override for a reason %s is handled", async (_, reason) => {
    const guid = randomUUID();
    const body = JSON.stringify({
      action: "created",
      installation: { id: 41 },
      repository: { id: 42, name: "shop", full_name: "acme/shop", owner: { login: "acme" } },
      issue: { number: 7, pull_request: {} },
      comment: {
        id: 43,
        body: `/portcullis override ${reason}`,
        user: { id: 5, login: "ann", type: "User" },
        created_at: "2026-02-01T12:00:00Z",
      },
    });
    expect((await post(body, signedHeaders(github.webhookSecret, "issue_comment", guid, body))).status).toBe(202);
    const tried = async (): Promise<{ attempts: number; handled: boolean } | undefined> => {
      const [row] = await app.server.database.query<{ attempts: number; handled: boolean }>(
        `select attempts, handled_at is not null as handled from portcullis.deliveries
         where guid = $1 and (handled_at is not null or attempts > 0)`,
        [guid],
      );
      return row;
    };
    await until(async () => (await tried()) !== undefined, "the comment to be handled");
    expect(await tried()).toEqual({ attempts: 0, handled: true });
  });

  test("cannot be fetched with GET", async () => {
    const response = await fetch(hook);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });
});

test("the platform can ask how the server is", async () => {
  expect((await fetch(`${app.url}/livez`)).status).toBe(200);
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  expect(metrics).toMatch(/^portcullis_deliveries_total\{answer="202"\} \d+$/m);
  expect(metrics).toMatch(/^portcullis_check_runs_stuck 0$/m);
  expect((await fetch(`${app.url}/`)).status).toBe(404);
  expect((await fetch(`${app.url}/livez`, { method: "POST" })).status).toBe(405);
});

test("every payload that GitHub documents is taken without a crash", async () => {
  const path = createRequire(import.meta.url).resolve("@octokit/webhooks-examples/api.github.com/index.json");
  const events = JSON.parse(readFileSync(path, "utf8")) as readonly {
    readonly name: string;
    readonly examples: readonly object[];
  }[];
  let sent = 0;
  const refused: string[] = [];
  for (const { name, examples } of events) {
    for (const example of examples) {
      const body = JSON.stringify(example);
      const { status } = await post(body, signedHeaders(github.webhookSecret, name, randomUUID(), body));
      if (status < 200 || status > 299) refused.push(`${name}: ${status}`);
      sent++;
    }
  }
  expect(refused).toEqual([]);
  expect(sent).toBeGreaterThanOrEqual(329);
  // All of them are handled: what they name does not exist here, so that the work they ask for only waits.
  const { database } = app.server;
  await until(async () => {
    const left = await database.query("select guid from portcullis.deliveries where handled_at is null limit 1");
    return left.length === 0;
  }, "every delivery to be handled");
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
  const errors = app.log.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
  expect(errors).toEqual([]);
});
