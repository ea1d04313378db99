import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeEach, expect, test } from "@jest/globals";
import type { RemoteChart } from "../../src/model/remotes.ts";
import { createRemotes, type RemotesOptions } from "../../src/remote/create-remotes.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { chartArchive } from "../support/remote-servers/archives.ts";
import { startLoopback } from "../support/remote-servers/loopback.ts";
import { digestOfChart, startHelmRepository, type HelmRepository } from "../support/remote-servers/helm-repository.ts";
import { fetchContent, fetchOnce, jobOptions, storeDirectory, textsOf } from "../support/remote-servers/job.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
const { versions } = renderer;
afterAll(() => {
  renderer.close();
});

let repository: HelmRepository;
let directory: string;

beforeEach(async () => {
  repository = await startHelmRepository([
    { name: "web", version: "1.2.0", files: { "templates/a.yaml": "a: 1\n" } },
    { name: "web", version: "1.10.0" },
    { name: "web", version: "2.0.0-rc.1" },
    { name: "web-extra", version: "3.0.0" },
  ]);
  directory = await storeDirectory();
});

afterEach(async () => {
  await repository.close();
});

const options = (more: Partial<RemotesOptions> = {}): RemotesOptions =>
  jobOptions(directory, [`${repository.origin}/**`], more);
const chart = (version: string, name = "web"): RemoteChart => ({
  kind: "chart",
  repository: `${repository.origin}/charts`,
  name,
  version,
});
const asked = (): readonly string[] => repository.seen.splice(0).map(({ url }) => url);

test("a chart is its files below the directory of its archive", async () => {
  const content = await fetchContent(options(), chart("1.2.0"));

  expect(content).toMatchObject({ version: "1.2.0", digest: `sha256:${digestOfChart(repository.charts[0]!)}` });
  expect(await textsOf(content)).toEqual({
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.0\n",
    "templates/a.yaml": "a: 1\n",
  });
});

test.each([
  ["an exact version", "1.2.0", "1.2.0"],
  ["a pre-release that is written so", "2.0.0-rc.1", "2.0.0-rc.1"],
  ["a range", "^1.0.0", "1.10.0"],
  ["no version at all", "", "1.10.0"],
  ["any version", "*", "1.10.0"],
])("the version for %s", async (_, version, expected) => {
  expect(await fetchContent(options(), chart(version))).toMatchObject({ version: expected });
});

test.each([
  ["helm", "^1.0.0", "1.0.0+a"],
  ["argocd", "^1.0.0", "1.0.0+a"],
  // The one that was made last.
  ["flux", "^1.0.0", "1.0.0+b"],
  // One of two numbers is no version to Flux.
  ["helm", "2", "2.1"],
  ["flux", "2", "2.0.1"],
  ["flux", "2.1", "2.1"],
] as const)("what %s takes for %s", async (rules, range, expected) => {
  repository.charts = [
    { name: "web", version: "1.0.0+a", created: "2026-01-01T00:00:00Z" },
    { name: "web", version: "1.0.0+b", created: "2026-01-03T00:00:00+02:00" },
    { name: "web", version: "1.0.0+c", created: "2026-01-02T00:00:00Z" },
    { name: "web", version: "2.0.1" },
    { name: "web", version: "2.1" },
  ];
  expect(await fetchContent(options({ versions }), { ...chart(range), rules })).toMatchObject({ version: expected });
});

test("an exact version that was fetched before needs no request", async () => {
  await fetchContent(options(), chart("1.2.0"));
  expect(asked()).toEqual(["/charts/index.yaml", "/charts/web-1.2.0.tgz"]);

  expect(await fetchContent(options(), chart("1.2.0"))).toMatchObject({ version: "1.2.0" });
  expect(asked()).toEqual([]);
});

test("a range is resolved anew by each job, and what did not change is not downloaded again", async () => {
  await fetchContent(options(), chart("^1.0.0"));
  asked();

  expect(await fetchContent(options(), chart("^1.0.0"))).toMatchObject({ version: "1.10.0" });
  expect(repository.seen[0]?.headers["if-none-match"]).toMatch(/^"/);
  expect(asked()).toEqual(["/charts/index.yaml"]);

  repository.charts = [...repository.charts, { name: "web", version: "1.11.0" }];
  expect(await fetchContent(options(), chart("^1.0.0"))).toMatchObject({ version: "1.11.0" });
  expect(asked()).toEqual(["/charts/index.yaml", "/charts/web-1.11.0.tgz"]);
});

test("within a job a reference always names the same, and an index is read once", async () => {
  const remotes = createRemotes(options());
  const first = await remotes.fetch(chart("*"));
  repository.charts = [...repository.charts, { name: "web", version: "9.0.0" }];

  expect(await remotes.fetch({ ...chart("*") })).toBe(first);
  expect(await remotes.fetch(chart("", "web-extra"))).toMatchObject({ kind: "found", content: { version: "3.0.0" } });
  expect(asked().filter((url) => url.endsWith("index.yaml"))).toHaveLength(1);
});

test("while the repository does not answer, what it said last counts, and says so", async () => {
  await fetchContent(options(), chart("^1.0.0"));
  repository.isDown = true;

  const content = await fetchContent(options(), chart("^1.0.0"));
  expect(content).toMatchObject({ version: "1.10.0", stale: true });
  expect(await fetchOnce(options(), chart("^2.0.0"))).toEqual({
    kind: "unanswered",
    message: `the index of ${repository.origin}/charts: ${repository.origin}/charts/index.yaml answered 503 Service Unavailable: down for maintenance`,
  });
});

test("offline, the store alone answers", async () => {
  await fetchContent(options(), chart("^1.0.0"));
  asked();

  expect(await fetchContent(options({ offline: true }), chart("^1.0.0"))).toMatchObject({
    version: "1.10.0",
    stale: true,
  });
  expect(await fetchOnce(options({ offline: true }), chart("1.2.0"))).toMatchObject({ kind: "unanswered" });
  expect(asked()).toEqual([]);
});

test("what its repository does not have is absent", async () => {
  expect(await fetchOnce(options(), chart("9.9.9"))).toEqual({
    kind: "absent",
    message: `the index of ${repository.origin}/charts has no version of web that fits 9.9.9`,
  });
  expect(await fetchOnce(options(), chart("", "we"))).toEqual({
    kind: "absent",
    message: `the index of ${repository.origin}/charts has no chart we`,
  });
  expect(await fetchOnce(options(), chart("not a range"))).toMatchObject({
    kind: "absent",
    message: "not a range is no range of versions: improper constraint: not a range",
  });
});

test("a range that could not be worked out is not taken for a wrong one", async () => {
  const failing = { matching: async () => ({ kind: "failed", message: "it took too long" }) as const };
  const remotes = createRemotes(options({ versions: failing }));
  expect(await remotes.fetch(chart(">=7.0.0"))).toEqual({
    kind: "unanswered",
    message: "which versions fit >=7.0.0 could not be worked out: it took too long",
  });
});

test("a chart that is not what the index says is absent, and is not kept", async () => {
  const [first] = repository.charts;
  repository.charts = [{ ...first!, digest: "0".repeat(64) }];

  const outcome = await fetchOnce(options(), chart("1.2.0"));
  expect(outcome).toMatchObject({ kind: "absent" });
  expect(outcome).toHaveProperty("message", expect.stringContaining(`its server says sha256:${"0".repeat(64)}`));
  expect(await fetchOnce(options({ offline: true }), chart("1.2.0"))).toMatchObject({ kind: "unanswered" });
});

test("a chart may be on another host than its index, which sees no credentials", async () => {
  const other = await startHelmRepository([{ name: "web", version: "5.0.0" }]);
  try {
    const url = `${other.origin}/charts/web-5.0.0.tgz`;
    repository.charts = [{ name: "web", version: "5.0.0", url }];
    repository.basic = "me:secret";
    const job = { ...options(), hosts: [`${repository.origin}/**`, `${other.origin}/**`] };
    const credentials = async (): Promise<{ username: string; password: string }> => ({
      username: "me",
      password: "secret",
    });

    expect(await fetchContent({ ...job, credentials }, chart("5.0.0"))).toMatchObject({ version: "5.0.0" });
    expect(repository.seen.map(({ headers }) => headers.authorization)).toEqual(["Basic bWU6c2VjcmV0"]);
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  } finally {
    await other.close();
  }
});

test("a repository that asks for credentials in vain is quoted, without what it was sent", async () => {
  repository.basic = "me:right";
  expect(await fetchOnce(options(), chart("1.2.0"))).toMatchObject({
    kind: "absent",
    message: expect.stringContaining("answered 401 Unauthorized: who are you?"),
  });
});

test("a mirror stands in for what it mirrors", async () => {
  const mirrors = { "https://charts.example.com/stable": `${repository.origin}/charts/` };
  const reference = { ...chart("1.2.0"), repository: "https://charts.example.com/stable/" };
  expect(await fetchContent({ ...options(), hosts: Object.values(mirrors), mirrors }, reference)).toMatchObject({
    version: "1.2.0",
  });
});

test("an index of tens of megabytes is downloaded once, compressed, and of it no more is read than is needed", async () => {
  const others = Array.from(
    { length: 200_000 },
    (_, at) => `  - name: big\n    version: 0.0.${at}\n    description: ${"x".repeat(100)}\n`,
  );
  const index = gzipSync(
    `apiVersion: v1\nentries:\n  big:\n${others.join("")}  web:\n  - version: 1.2.0\n    urls: [web-1.2.0.tgz]\n`,
  );
  const server = await startLoopback((request, response) => {
    if (request.headers["if-none-match"] === '"1"') return response.writeHead(304).end();
    if (request.url !== "/index.yaml") return response.setHeader("etag", '"1"').end(chartArchive("web", "1.2.0"));
    return response.writeHead(200, { etag: '"1"', "content-encoding": "gzip" }).end(index);
  });
  try {
    const job = { ...options(), hosts: [`${server.origin}/**`] };
    const reference = { ...chart("*"), repository: server.origin };
    expect(await fetchContent(job, reference)).toMatchObject({ version: "1.2.0" });
    expect(await fetchContent(job, reference)).toMatchObject({ version: "1.2.0" });
    expect(server.seen.map(({ url, headers }) => [url, headers["if-none-match"]])).toEqual([
      ["/index.yaml", undefined],
      ["/web-1.2.0.tgz", undefined],
      ["/index.yaml", '"1"'],
      // The index says no digest.
      ["/web-1.2.0.tgz", '"1"'],
    ]);
    expect(
      await fetchOnce({ ...job, limits: { indexBytes: 10_000_000 }, directory: await storeDirectory() }, reference),
    ).toEqual({
      kind: "refused",
      message: `the index of ${server.origin}/ is larger than 10 MB`,
    });
  } finally {
    await server.close();
  }
});
