import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { startApp, type TestApp } from "../support/app.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { deployment, rules } from "../support/fleet.ts";
import { until } from "../support/until.ts";

const PUBLIC = "https://gate.example/prefix";

let github: SimulatedGitHub;
let app: TestApp;
let held: Promise<void> | undefined;

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github, {
    settings: { publicUrl: PUBLIC },
    checkpoint: async (checkpoint) => {
      if (checkpoint === "fetched") await held;
    },
  });
});
afterAll(async () => {
  expect(github.violations).toEqual([]);
  await app.stop();
  await github.close();
});

/** Asks the App for what stands at a public address, as a proxy that serves the prefix does. */
function ask(address: string | null | undefined, init?: RequestInit): Promise<Response> {
  if (address?.startsWith(`${PUBLIC}/`) !== true) throw new Error(`no public address: ${address}`);
  return fetch(`${app.url}${address.slice(PUBLIC.length)}`, init);
}

test("a check links to its report from the start, and the page follows it to the verdict", async () => {
  const hold: { release?: () => void } = {};
  held = new Promise((done) => (hold.release = done));
  const repository = await github.createRepository({
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27"), "apps/a b#?&.yaml": deployment("nginx:1.27", "b") },
  });
  const pull = await github.proposeFiles(repository, {
    "apps/web.yaml": deployment("nginx:latest"),
    "apps/a b#?&.yaml": deployment("nginx:latest", "b"),
  });
  await until(() => github.runsOf(pull, "portcullis").length > 0, "a check run");
  const address = github.runsOf(pull, "portcullis")[0]?.detailsUrl;
  const pending = await ask(address);
  expect(pending.status).toBe(200);
  expect(await pending.text()).toContain("This change is being judged");
  hold.release?.();
  held = undefined;

  const run = await app.concluded(pull);
  expect(run).toMatchObject({ conclusion: "failure", detailsUrl: address });
  const response = await ask(address);
  const page = await response.text();
  expect(response.status).toBe(200);
  expect(page).toContain(`> ${run.title}</h1>`);
  expect(page).toContain(`/blob/${pull.headSha}/apps/web.yaml#L14"`);
  expect(page).toContain(`/blob/${pull.headSha}/apps/a%20b%23%3F%26.yaml#L14"`);
  expect(page).toContain("container main uses a tag that moves");
  expect(page).toContain("Images have a fixed tag");

  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? "";
  const digest = createHash("sha256").update(style).digest("base64");
  const headers = Object.fromEntries(response.headers);
  expect(headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": expect.stringContaining(`default-src 'none'; style-src 'sha256-${digest}';`),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": expect.stringMatching(/^private/),
  });
  expect(page).not.toMatch(/<script|<img|<link|<iframe|\son\w+=|\sstyle=|\ssrc=/i);
  for (const secret of [github.webhookSecret, "PRIVATE KEY", "ghs_"]) expect(page).not.toContain(secret);

  const head = await ask(address, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const post = await ask(address, { method: "POST", body: "x" });
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("what is unknown and what is wrongly signed get the same answer, and nothing lists reports", async () => {
  const repository = await github.createRepository({
    fullName: "acme/signed",
    files: { ...rules(), "apps/x.yaml": deployment("nginx:1.27") },
  });
  const pull = await github.proposeFiles(repository, { "apps/x.yaml": deployment("nginx:1.28") });
  const { detailsUrl } = await app.concluded(pull);
  const address = new URL(detailsUrl ?? "");
  const signature = address.searchParams.get("signature") ?? "";
  expect(signature).toMatch(/^[\w-]{43}$/);
  expect((await ask(detailsUrl)).status).toBe(200);
  const bare = `${address.origin}${address.pathname}`;
  const other = `${PUBLIC}/reports/4cbfa1c9-0d4f-4df2-95a5-4f9b6a8a6b0e`;
  const wrong = [
    bare,
    `${bare}?signature=`,
    `${bare}?signature=${signature.slice(1)}`,
    `${bare}?signature=${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
    `${bare}?signature=${"é".repeat(43)}`,
    `${other}?signature=${signature}`,
    `${PUBLIC}/reports/?signature=${signature}`,
    `${PUBLIC}/reports/`,
  ];
  const answers = await Promise.all(
    wrong.map(async (one) => {
      const response = await ask(one);
      const headers = Object.fromEntries(response.headers);
      delete headers["date"];
      return { status: response.status, headers, text: await response.text() };
    }),
  );
  expect(answers[0]).toMatchObject({ status: 404, text: expect.stringContaining("There is no such report") });
  for (const answer of answers) expect(answer).toEqual(answers[0]);

  await app.idle();
  await app.server.database.query("update portcullis.reports set saved_at = now() - interval '31 days'");
  await app.server.services.store.deleteOldReports();
  const gone = await ask(detailsUrl);
  expect({ status: gone.status, text: await gone.text() }).toEqual({ status: 404, text: answers[0]?.text });
});

test("a check that judged nothing has a page that says so, and one that was superseded says that", async () => {
  const repository = await github.createRepository({
    fullName: "acme/bare",
    files: { "apps/x.yaml": deployment("nginx:1.27") },
  });
  const pull = await github.proposeFiles(repository, { "apps/x.yaml": deployment("nginx:latest") });
  const run = await app.concluded(pull);
  const page = await (await ask(run.detailsUrl)).text();
  expect(page).toContain(`> ${run.title}</h1>`);
  expect(page).toContain("There is no portcullis.yaml on the default branch (main)");

  await app.idle();
  await app.server.database.query("delete from portcullis.reports where work like 'pull:%'");
  await app.server.database.query("update portcullis.runs set conclusion = 'superseded'");
  expect(await (await ask(run.detailsUrl)).text()).toContain("This check was superseded");
});

test("without a public address a check has no link, nothing is stored, and there is no page", async () => {
  const own = await startGitHub();
  const plain = await startApp(own);
  try {
    const repository = await own.createRepository({ files: { ...rules(), "apps/x.yaml": deployment("nginx:1.27") } });
    const pull = await own.proposeFiles(repository, { "apps/x.yaml": deployment("nginx:latest") });
    const run = await plain.concluded(pull);
    expect(run.detailsUrl).not.toContain("/reports/");
    expect(await plain.server.database.query("select 1 from portcullis.reports")).toEqual([]);
    const response = await fetch(`${plain.url}/reports/${run.externalId?.slice(-36)}`);
    expect([response.status, await response.text()]).toEqual([404, "not found\n"]);
  } finally {
    await plain.stop();
    await own.close();
  }
});
