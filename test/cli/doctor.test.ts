import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startAppProcess, type AppProcess } from "../support/app-process.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { prepareStateDirectory } from "../support/state-directory.ts";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

let github: SimulatedGitHub;
let app: AppProcess;
let stateDirectory: string;
const cwd = directoryWith({});

beforeAll(async () => {
  github = await startGitHub();
  stateDirectory = mkdtempSync(join(tmpdir(), "portcullis-doctor-"));
  await prepareStateDirectory(stateDirectory);
  app = await startAppProcess(github, { stateDirectory });
  const repository = await github.createRepository({
    fullName: "acme/gitops",
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  const checks = [{ context: "portcullis", integrationId: github.appId }];
  github.protect(repository, "main", { checks, strict: true, bypass: { actors: [] } });
  await github.settle();
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

function doctor(args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return portcullis(cwd, ["doctor", ...args], {
    APP_ID: String(github.appId),
    PRIVATE_KEY: github.privateKey,
    WEBHOOK_SECRET: github.webhookSecret,
    GITHUB_API_URL: github.apiUrl,
    STATE_DIR: stateDirectory,
    ...environment,
  });
}

/** Neither the key nor the secret nor a token. */
function expectNoSecret({ out, err }: Ran): void {
  for (const text of [out, err]) {
    expect(text).not.toMatch(/gh[a-z]_\w|PRIVATE KEY|eyJ[\w-]+\./);
    expect(text).not.toContain(github.webhookSecret);
  }
}

test("beside a running server everything is right, and it goes on running", async () => {
  const ran = await doctor(["--ping"]);
  expect(ran.out.replaceAll(/\d+ (?:second|minute)s? ago/g, "just now").replace(/[\d.]+ GiB/, "9 GiB")).toBe(
    `Settings
  ok       App 4242, its private key, and the webhook's secret are set

GitHub's API
  ok       ${github.apiUrl} answers
  ok       this machine's clock agrees with GitHub's

The App
  ok       GitHub knows this key as that of the App portcullis (4242) of portcullis-makers
  ok       it is registered with all permissions and events of app.yml

Installations
  ok       acme: installed with all permissions and events of app.yml

Webhook
  ok       GitHub delivers webhooks to ${app.webhookUrl}, signed, as JSON
  ok       webhooks arrive: the last one was accepted just now

Ping
  ok       a server with this secret answers at the webhook's URL

Git
  ok       Git ${/Git (.*)/.exec(ran.out)?.[1]}
  ok       it reads acme/gitops with a token of the App

State directory
  ok       9 GiB are free for STATE_DIR (${stateDirectory})

Database
  ok       a running server uses the embedded database, so it is not opened here

acme/gitops
  ok       enrolled, gates main
  ok       main: the check "portcullis" is required, from this App alone
  ok       main: branches must be up to date before they are merged

16 ok
`,
  );
  expect(ran).toMatchObject({ code: 0, err: "" });
  expectNoSecret(ran);
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
});

test("what is wrong has its next step below it, and makes the command fail", async () => {
  const open = await github.createRepository({
    fullName: "acme/open",
    files: { ...rules(), "a.yaml": deployment("a:1") },
  });
  const ran = await doctor(["acme/open"]);
  expect(ran.code).toBe(1);
  expect(ran.out).toContain(`acme/open
  ok       enrolled, gates main
  failure  main: no rule requires the check "portcullis", so it blocks nothing
           → at ${github.url}/acme/open/settings/rules, require "portcullis" on main with this App as its source

1 failure, `);
  github.world.repositories.splice(github.world.repositories.indexOf(open), 1);
});

test("as JSON, with codes and counts", async () => {
  const ran = await doctor(["-o", "json", "acme/absent"]);
  const told = JSON.parse(ran.out) as { readonly diagnoses: readonly object[]; readonly counts: object };
  expect(told).toMatchObject({ version: 1, counts: { ok: 12, warning: 0, failure: 1, unknown: 0 } });
  expect(told.diagnoses).toContainEqual({
    area: "repositories",
    code: "repositories/not-installed",
    state: "failure",
    found: "the App is not installed on acme/absent, or there is no such repository",
    next: "install it: App settings → Install App → Configure",
  });
  expect(told.diagnoses[0]).toEqual({
    area: "settings",
    code: "settings/accepted",
    state: "ok",
    found: "App 4242, its private key, and the webhook's secret are set",
  });
  expect(ran.code).toBe(1);
  expectNoSecret(ran);
});

test("a ping with another secret than the server's is refused", async () => {
  const ran = await doctor(["--ping"], { WEBHOOK_SECRET: "another-secret-that-nobody-has" });
  expect(ran.code).toBe(1);
  expect(ran.out).toContain(`  warning  a webhook secret has 30 characters
           → make a longer one with openssl rand -hex 32; docs/operations.md says how to change it
`);
  expect(ran.out).toContain(`Ping
  failure  the server at the webhook's URL has another WEBHOOK_SECRET
           → start it with the secret of this environment, or correct the URL
`);
  expect(ran.out).not.toContain("another-secret");
});

test("a ping that something else answers, or nothing", async () => {
  const other = createServer((_, response) => response.writeHead(301, { location: "https://example.com/" }).end());
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  github.setWebhookUrl(`http://127.0.0.1:${(other.address() as AddressInfo).port}/api/github/webhooks`);
  const answered = await doctor(["--ping"]);
  await new Promise((closed) => other.close(closed));
  const unanswered = await doctor(["--ping"]);
  github.setWebhookUrl(app.webhookUrl);
  expect(answered.out).toMatch(
    /failure {2}what answers at the webhook's URL answers 301, which is not Portcullis' answer/,
  );
  expect(unanswered.out).toMatch(/unknown {2}the webhook's URL does not answer from here: ECONNREFUSED/);
  expect(unanswered.code).toBe(0);
});

test("settings that the server refuses", async () => {
  const ran = await doctor([], { APP_ID: "", WEBHOOK_SECRET: "short" });
  expect(ran).toMatchObject({ code: 1, err: "" });
  expect(ran.out).toBe(`Settings
  failure  APP_ID is not set: expected the id of the GitHub App.
           → with these settings portcullis serve does not start: see portcullis serve --help
  failure  WEBHOOK_SECRET is shorter than 16 characters: anyone could guess it and forge webhooks.
           → with these settings portcullis serve does not start: see portcullis serve --help

2 failures, 0 ok
`);
});

test("files that others can read, or nobody", async () => {
  const key = join(mkdtempSync(join(tmpdir(), "portcullis-key-")), "portcullis.pem");
  writeFileSync(key, github.privateKey);
  chmodSync(key, 0o644);
  const environment = { PRIVATE_KEY: "", PRIVATE_KEY_PATH: key, NODE_EXTRA_CA_CERTS: "/nowhere/ca.pem" };
  const ran = await doctor(["acme/gitops"], environment);
  expect(ran.out).toContain(`  warning  every user of this machine can read ${key} (mode 644)\n`);
  expect(ran.out).toMatch(/failure {2}NODE_EXTRA_CA_CERTS cannot be read: ENOENT/);
  chmodSync(key, 0o640);
  expect((await doctor(["acme/gitops"], { ...environment, NODE_EXTRA_CA_CERTS: "" })).out).not.toMatch(/mode/);
});

test.each(["acme", "acme/a/b", "https://github.com/acme/a"])("%s is no repository", async (name) => {
  expect(await doctor([name])).toMatchObject({
    code: 2,
    out: "",
    err: `error: ${name}: expected a repository as OWNER/NAME\n`,
  });
});

test("text from outside stays inert", async () => {
  const repository = await github.createRepository({
    fullName: "acme/hostile",
    files: { ...rules(), "portcullis.yaml": `${rules()["portcullis.yaml"]}branches: ["a\\e[31m\\u202Eb"]\n` },
  });
  const { out } = await doctor(["acme/hostile"]);
  expect(out).toMatch(/warning {2}branches: no branch matches "a\\x1b\[31m\\u202eb"/);
  expect(out).not.toContain("\u001b");
  expect(out).not.toContain("\u202e");
  github.world.repositories.splice(github.world.repositories.indexOf(repository), 1);
});
