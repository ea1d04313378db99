import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { Webhooks } from "@octokit/webhooks";
import { appClient } from "../support/github/clients.ts";
import { postAllExamples, postWebhook, webhookExamples } from "../support/github/examples.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { Repository } from "../support/github/state.ts";

interface Received {
  readonly event: string;
  readonly guid: string;
  readonly genuine: boolean;
  readonly payload: { readonly action?: string };
}

let github: SimulatedGitHub;
let repository: Repository;
let receiver: Server;
let url: string;
let answerWith = 202;
const received: Received[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const webhooks = new Webhooks({ secret: github.webhookSecret });
      void webhooks.verify(body, String(request.headers["x-hub-signature-256"])).then((genuine) => {
        const event = String(request.headers["x-github-event"]);
        received.push({
          event,
          guid: String(request.headers["x-github-delivery"]),
          genuine,
          payload: JSON.parse(body) as { action?: string },
        });
        response.writeHead(answerWith).end("taken");
      });
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/api/github/webhooks`;
  github = await startGitHub({ webhookUrl: url });
  repository = await github.createRepository({ files: { "a.yaml": "a: 1\n" } });
  await github.settle();
});

beforeEach(() => {
  received.length = 0;
  answerWith = 202;
});

afterEach(() => {
  expect(github.world.violations.splice(0)).toEqual([]);
});

afterAll(async () => {
  await github.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const names = (): string[] =>
  received.map(({ event, payload }) => (payload.action === undefined ? event : `${event}.${payload.action}`));

test("what people do to a pull request arrives signed, as GitHub would send it", async () => {
  const pull = await github.proposeFiles(repository, { "a.yaml": "a: 2\n" }, { draft: true });
  await github.pushToPull(pull, { "a.yaml": "a: 3\n" });
  await github.readyForReview(pull);
  await github.convertToDraft(pull);
  await github.pushCommit(repository, "release", { "r.yaml": "r: 1\n" });
  await github.retarget(pull, "release");
  await github.editTitle(pull, "Another title");
  github.comment(pull, "/portcullis recheck");
  await github.closePull(pull);
  await github.reopen(pull);
  await github.settle();
  const told = names();
  for (const name of [
    "opened",
    "synchronize",
    "ready_for_review",
    "converted_to_draft",
    "edited",
    "closed",
    "reopened",
  ]) {
    expect(told).toContain(`pull_request.${name}`);
  }
  expect(told).toEqual(expect.arrayContaining(["push", "check_suite.requested", "issue_comment.created"]));
  expect(received.every(({ genuine }) => genuine)).toBe(true);
  expect(received.find(({ payload }) => payload.action === "edited")?.payload).toMatchObject({
    changes: { base: { ref: { from: "main" } } },
  });
});

test("re-run buttons reach the App that made the run", async () => {
  const pull = await github.proposeFiles(repository, { "a.yaml": "a: 4\n" });
  const forged = await github.forgeCheck(repository, pull.headSha, "theirs", "success");
  await github.rerequestCheck(forged);
  await github.forgeCheck(repository, pull.headSha, "ours", "failure", github.world.app);
  const [ours] = github.runsOf(pull, "ours");
  await github.rerequestCheck(ours!);
  await github.rerequestSuite(repository, ours!.suite);
  await github.settle();
  expect(names().filter((name) => name.endsWith("rerequested"))).toEqual([
    "check_run.rerequested",
    "check_suite.rerequested",
  ]);
});

test("installations come and go with their events", async () => {
  const own = await github.createRepository({ fullName: "other/one", install: false });
  const more = await github.createRepository({ fullName: "other/two", install: false });
  const installation = github.install(own.owner, [own]);
  github.addToInstallation(installation, more);
  github.uninstall(installation);
  await github.settle();
  expect(names().toSorted()).toEqual([
    "installation.created",
    "installation.deleted",
    "installation_repositories.added",
  ]);
});

test("deliveries can be repeated, held back and reversed", async () => {
  const pull = await github.proposeFiles(repository, { "a.yaml": "a: 5\n" });
  await github.settle();
  received.length = 0;
  github.delivery.copies = 2;
  github.comment(pull, "twice");
  await github.settle();
  expect(new Set(received.map(({ guid }) => guid)).size).toBe(1);
  expect(received).toHaveLength(2);
  github.delivery.copies = 1;
  received.length = 0;
  Object.assign(github.delivery, { reorderWithin: 50 });
  for (const text of ["first", "second", "third"]) github.comment(pull, text);
  await github.settle();
  Object.assign(github.delivery, { reorderWithin: 0 });
  expect(received.map(({ payload }) => (payload as { comment: { body: string } }).comment.body)).toEqual([
    "third",
    "second",
    "first",
  ]);
});

test("a lost or refused delivery is never tried again by itself; the App finds and redelivers it under the same GUID", async () => {
  const pull = await github.proposeFiles(repository, { "a.yaml": "a: 6\n" });
  await github.settle();
  received.length = 0;
  github.delivery.drop = () => true;
  github.comment(pull, "lost");
  await github.settle();
  github.delivery.drop = () => false;
  answerWith = 503;
  github.comment(pull, "refused");
  await github.settle();
  answerWith = 202;
  await github.settle();
  expect(received).toHaveLength(1);
  const { octokit } = appClient(github);
  const { data } = await octokit.request("GET /app/hook/deliveries", { per_page: 2 });
  expect(data.map(({ status_code }) => status_code)).toEqual([503, 0]);
  for (const { id } of data)
    await octokit.request("POST /app/hook/deliveries/{delivery_id}/attempts", { delivery_id: id as number });
  await github.settle();
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ guid }) => guid))).toEqual(new Set(data.map(({ guid }) => guid)));
  const next = await octokit.request("GET /app/hook/deliveries", { per_page: 2 });
  expect(next.data.every(({ redelivery, status_code }) => redelivery && status_code === 202)).toBe(true);
  expect(next.headers.link).toContain("cursor=");
});

test("all 329 recorded payloads can be signed and posted to an App", async () => {
  expect(webhookExamples()).toHaveLength(329);
  const answers = await postAllExamples(url, github.webhookSecret);
  expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
  expect(received).toHaveLength(329);
  expect(received.every(({ genuine }) => genuine)).toBe(true);
  await postWebhook(url, "another secret", "ping", { zen: "…" });
  expect(received.at(-1)?.genuine).toBe(false);
});
