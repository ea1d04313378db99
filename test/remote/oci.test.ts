import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeEach, expect, test } from "@jest/globals";
import type { RemoteArtifact, RemoteChart } from "../../src/model/remotes.ts";
import { createRemotes, type RemotesOptions } from "../../src/remote/create-remotes.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { chartArchive, tgz } from "../support/remote-servers/archives.ts";
import { fetchContent, fetchOnce, jobOptions, storeDirectory, textsOf } from "../support/remote-servers/job.ts";
import { startLoopback } from "../support/remote-servers/loopback.ts";
import { helmConfig, helmLayer, startOciRegistry, type OciRegistry } from "../support/remote-servers/oci-registry.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

let registry: OciRegistry;
let directory: string;

beforeEach(async () => {
  registry = await startOciRegistry();
  directory = await storeDirectory();
});

afterEach(async () => {
  await registry.close();
});

const options = (more: Partial<RemotesOptions> = {}): RemotesOptions =>
  jobOptions(directory, [`oci+http://${registry.host}/**`], more);
const chart = (version: string): RemoteChart => ({
  kind: "chart",
  repository: `oci://${registry.host}/acme/charts`,
  name: "web",
  version,
});
const artifact = (more: Partial<RemoteArtifact> = {}): RemoteArtifact => ({
  kind: "artifact",
  url: `oci://${registry.host}/acme/config`,
  ...more,
});
const asked = (): readonly string[] => registry.seen.splice(0).map(({ url }) => url);
const pushChart = (version: string, tag = version): string =>
  registry.push("acme/charts/web", tag, [{ mediaType: helmLayer, content: chartArchive("web", version) }], helmConfig);
const files = (text: string): Buffer =>
  tgz([
    { path: "./", type: "5" },
    { path: "./a.yaml", content: text },
  ]);
const pushFiles = (tag: string, text: string): string =>
  registry.push("acme/config", tag, [
    { mediaType: "application/vnd.cncf.flux.content.v1.tar+gzip", content: files(text) },
  ]);

test("a chart is found by the tag of its version, without asking for tags", async () => {
  pushChart("1.2.0");
  const content = await fetchContent(options(), chart("1.2.0"));

  const digest = createHash("sha256").update(chartArchive("web", "1.2.0")).digest("hex");
  expect(content).toMatchObject({ version: "1.2.0", digest: `sha256:${digest}` });
  expect(await textsOf(content)).toEqual({ "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.0\n" });
  expect(asked()).toEqual(["/v2/acme/charts/web/manifests/1.2.0", `/v2/acme/charts/web/blobs/sha256:${digest}`]);

  await fetchContent(options(), chart("1.2.0"));
  expect(asked()).toEqual([]);
});

test("the latest version in a range is looked for among the tags of all pages", async () => {
  for (const version of ["1.0.0", "1.9.0", "1.10.0", "2.0.0"]) pushChart(version);
  pushChart("v1.11.0");
  pushChart("latest");
  registry.page = 2;

  expect(await fetchContent(options(), chart("^1.0.0"))).toMatchObject({ version: "1.10.0" });
  expect(asked().filter((url) => url.includes("tags/list"))).toHaveLength(3);
  expect(await fetchContent(options(), chart(""))).toMatchObject({ version: "2.0.0" });
});

test("a version with a build has a tag with an underscore", async () => {
  pushChart("1.2.0+build.7", "1.2.0_build.7");
  expect(await fetchContent(options(), chart("1.2.0+build.7"))).toMatchObject({ version: "1.2.0+build.7" });
  expect(await fetchContent(options(), chart("^1.0.0"))).toMatchObject({ version: "1.2.0+build.7" });
});

test("what is not a chart is absent", async () => {
  registry.push("acme/charts/web", "1.0.0", [{ mediaType: helmLayer, content: chartArchive("web", "1.0.0") }]);
  expect(await fetchOnce(options(), chart("1.0.0"))).toEqual({
    kind: "absent",
    message: `oci://${registry.host}/acme/charts/web:1.0.0 is not a chart`,
  });
});

test("a tag that is not there is absent, in the registry's words", async () => {
  expect(await fetchOnce(options(), chart("1.0.0"))).toEqual({
    kind: "absent",
    message: `the manifest 1.0.0 of oci://${registry.host}/acme/charts/web: ${registry.origin}/v2/acme/charts/web/manifests/1.0.0 answered 404 Not Found: manifest unknown`,
  });
});

test("an artifact is found by its tag, whose manifest is its digest", async () => {
  const digest = pushFiles("stable", "a: 1\n");
  const content = await fetchContent(options(), artifact({ tag: "stable" }));

  expect(content).toMatchObject({ version: "stable", digest });
  expect(await textsOf(content)).toEqual({ "a.yaml": "a: 1\n" });
});

test("a tag is asked for by each job, and what it named is downloaded when it names something else", async () => {
  pushFiles("latest", "a: 1\n");
  await fetchContent(options(), artifact());
  asked();

  await fetchContent(options(), artifact());
  expect(asked()).toEqual(["/v2/acme/config/manifests/latest"]);

  pushFiles("latest", "a: 2\n");
  expect(await textsOf(await fetchContent(options(), artifact()))).toEqual({ "a.yaml": "a: 2\n" });
});

test("a tag that is moved between two references to it means the same for both", async () => {
  const push = (content: string) =>
    registry.push("acme/manifests", "latest", [
      { mediaType: "application/one", content: tgz([{ path: "a.yaml", content }]) },
      { mediaType: "application/two", content: tgz([{ path: "b.yaml", content }]) },
    ]);
  const of = (mediaType: string) => ({
    kind: "artifact" as const,
    url: `oci://${registry.host}/acme/manifests`,
    tag: "latest",
    layer: { mediaType, operation: "extract" as const },
  });
  const first = push("old");
  const remotes = createRemotes(options());
  const before = await remotes.fetch(of("application/one"));
  push("new");
  const after = await remotes.fetch(of("application/two"));
  for (const outcome of [before, after]) {
    expect(outcome).toMatchObject({ kind: "found", content: { digest: first } });
  }
});

test("an artifact by digest needs no request once it was fetched", async () => {
  const digest = pushFiles("latest", "a: 1\n");
  pushFiles("latest", "a: 2\n");
  expect(await textsOf(await fetchContent(options(), artifact({ digest, tag: "latest" })))).toEqual({
    "a.yaml": "a: 1\n",
  });
  asked();

  expect(await fetchContent(options(), artifact({ digest, tag: "latest" }))).toMatchObject({ digest });
  expect(asked()).toEqual([]);
});

test("the tag in a range may have to match a filter", async () => {
  for (const tag of ["1.0.0", "v1.1.0", "1.2.0-dev", "2.0.0"]) pushFiles(tag, `of: ${tag}\n`);
  expect(await fetchContent(options(), artifact({ semver: "^1.0.0" }))).toMatchObject({ version: "v1.1.0" });
  expect(await fetchContent(options(), artifact({ semver: "*", semverFilter: "^[0-9]" }))).toMatchObject({
    version: "2.0.0",
  });
  expect(await fetchOnce(options(), artifact({ semver: "*", semverFilter: "(?=x)" }))).toMatchObject({
    kind: "absent",
  });
  expect(await fetchOnce(options(), artifact({ semver: "^7.0.0" }))).toEqual({
    kind: "absent",
    message: `oci://${registry.host}/acme/config has no tag that fits ^7.0.0`,
  });
});

test("a tag is a version as Flux reads it: of three numbers, with leading zeros or not", async () => {
  for (const tag of ["2025.02.03", "v2024.12.31", "2026.1"]) pushFiles(tag, `a: ${tag}\n`);
  const reference = artifact({ semver: ">=2024" });
  expect(await fetchContent(options({ versions: renderer.versions }), reference)).toMatchObject({
    version: "2025.02.03",
  });
});

test.each([
  // Helm and Argo CD take it for a tag, Flux for a range.
  ["helm", "1.2", "1.2"],
  ["flux", "1.2", "1.2.3"],
  ["flux", "v1.4.0", "v1.4.0"],
  ["helm", "^1", "1.2.3"],
  ["flux", "^1", "1.2.3"],
  ["argocd", "^1", "v1.4.0"],
] as const)("what %s takes for %s", async (rules, range, expected) => {
  for (const version of ["1.2", "1.2.3", "v1.4.0"]) pushChart(version);
  const reference = { ...chart(range), rules };
  expect(await fetchContent(options({ versions: renderer.versions }), reference)).toMatchObject({ version: expected });
});

test("the chart that an OCIRepository names is chosen as an artifact is", async () => {
  const digest = pushChart("1.2.3");
  pushChart("1.3.0");
  pushChart("0.9.0", "latest");
  const chosen = async (choice: NonNullable<RemoteChart["artifact"]>): Promise<unknown> =>
    textsOf(
      await fetchContent(options({ versions: renderer.versions }), {
        ...chart(Object.values(choice).join()),
        artifact: choice,
      }),
    );
  const yaml = (version: string): unknown => ({ "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\n` });
  expect(await chosen({})).toEqual(yaml("0.9.0"));
  expect(await chosen({ tag: "1.2.3" })).toEqual(yaml("1.2.3"));
  expect(await chosen({ semver: "^1" })).toEqual(yaml("1.3.0"));
  expect(await chosen({ semver: "^1", semverFilter: "^1\\.2" })).toEqual(yaml("1.2.3"));

  asked();
  expect(await chosen({ digest })).toEqual(yaml("1.2.3"));
  asked();
  expect(await chosen({ digest })).toEqual(yaml("1.2.3"));
  expect(asked()).toEqual([]);

  // A version is published once; any other tag moves.
  expect(await chosen({ tag: "1.2.3" })).toEqual(yaml("1.2.3"));
  expect(asked()).toEqual([]);
  expect(await chosen({ tag: "latest" })).toEqual(yaml("0.9.0"));
  pushChart("1.4.0", "latest");
  expect(await chosen({ tag: "latest" })).toEqual(yaml("1.4.0"));
});

test("the layer of a media type, else the first one", async () => {
  registry.push("acme/config", "latest", [
    { mediaType: "text/first", content: files("layer: 1\n") },
    { mediaType: "text/second", content: files("layer: 2\n") },
  ]);
  const of = async (more: Partial<RemoteArtifact>): Promise<unknown> =>
    textsOf(await fetchContent(options(), artifact(more)));

  expect(await of({})).toEqual({ "a.yaml": "layer: 1\n" });
  expect(await of({ layer: { mediaType: "text/second", operation: "copy" } })).toEqual({ "a.yaml": "layer: 2\n" });
  const third = artifact({ layer: { mediaType: "text/third", operation: "extract" } });
  expect(await fetchOnce(options(), third)).toMatchObject({ kind: "absent" });
});

test("of an index, the manifest for linux/amd64", async () => {
  const arm = pushFiles("arm", "for: arm\n");
  const amd = pushFiles("amd", "for: amd\n");
  const digest = registry.pushIndex("acme/config", "latest", [
    [arm, "linux/arm64"],
    [amd, "linux/amd64"],
  ]);
  registry.pushIndex("acme/config", "arms", [[arm, "linux/arm64"]]);

  const content = await fetchContent(options(), artifact());
  expect(content).toMatchObject({ digest });
  expect(await textsOf(content)).toEqual({ "a.yaml": "for: amd\n" });
  expect(await fetchOnce(options(), artifact({ tag: "arms" }))).toMatchObject({ kind: "absent" });
});

test.each([
  ["a token for anyone", { kind: "bearer" }, undefined],
  ["a token for a user", { kind: "bearer", user: "me:pass:word" }, { username: "me", password: "pass:word" }],
  ["a token for an identity", { kind: "bearer", identityToken: "identity" }, { identityToken: "identity" }],
  ["a user", { kind: "basic", user: "me:word" }, { username: "me", password: "word" }],
] as const)("a registry that wants %s", async (_, authentication, credential) => {
  pushChart("1.2.0");
  registry.authentication = authentication;
  const urls: string[] = [];
  const credentials = async (url: string) => {
    urls.push(url);
    return credential;
  };

  expect(await fetchContent(options({ credentials }), chart("1.2.0"))).toMatchObject({ version: "1.2.0" });
  expect(urls).toEqual([`oci://${registry.host}/acme/charts/web`]);
  // The scope is ours, whatever the server asked for.
  const [token] = asked().filter((url) => url.startsWith("/token?"));
  if (token !== undefined) {
    const { searchParams } = new URL(token, registry.origin);
    expect(searchParams.get("scope")).toBe("repository:acme/charts/web:pull");
    expect(searchParams.get("service")).toBe("the, registry");
  }
});

test.each([
  ["repository:acme/charts/web:metadata_read", "repository:acme/charts/web:pull,metadata_read"],
  ["repository:acme/charts/web:pull,push,delete", "repository:acme/charts/web:pull"],
  ["repository:acme/other:metadata_read registry:catalog:*", "repository:acme/charts/web:pull"],
])("a registry that asks for the scope %s", async (scope, expected) => {
  pushChart("1.2.0");
  registry.authentication = { kind: "bearer" };
  registry.scope = scope;
  await fetchContent(options(), chart("*"));
  const scopes = asked().flatMap((url) => new URL(url, registry.origin).searchParams.get("scope") ?? []);
  expect(scopes).toEqual([expected]);
});

test("an index of a Helm repository may name a registry, which is asked as anyone", async () => {
  pushChart("1.2.0");
  registry.authentication = { kind: "bearer" };
  const index = await startLoopback((_, response) =>
    response.end(
      `apiVersion: v1\nentries:\n  web:\n  - version: 1.2.0\n    urls: ["oci://${registry.host}/acme/charts/web:1.2.0"]\n`,
    ),
  );
  try {
    const credentials = async () => ({ username: "me", password: "secret" });
    const job = { ...options({ credentials }), hosts: [...options().hosts, `${index.origin}/**`] };
    expect(await fetchContent(job, { ...chart("1.2.0"), repository: index.origin })).toMatchObject({
      version: "1.2.0",
    });
    const token = registry.seen.find(({ url }) => url.startsWith("/token"));
    expect(token?.headers.authorization).toBeUndefined();
  } finally {
    await index.close();
  }
});

test("wrong credentials are refused by the registry, and its words do not repeat them", async () => {
  registry.authentication = { kind: "bearer", user: "me:right" };
  const credentials = async () => ({ username: "me", password: "wrong-secret" });
  expect(await fetchOnce(options({ credentials }), chart("1.2.0"))).toEqual({
    kind: "absent",
    message: `a token for oci://${registry.host}/acme/charts/web: ${registry.origin}/token answered 401 Unauthorized: unauthorized`,
  });
  registry.intercept = (request, response) => {
    if (request.headers.authorization === undefined) return false;
    response
      .writeHead(403)
      .end(`no entry with ${Buffer.from(request.headers.authorization.slice(6), "base64").toString()}`);
    return true;
  };
  const outcome = await fetchOnce(options({ credentials }), chart("1.2.0"));
  expect(outcome).toMatchObject({ kind: "absent", message: expect.stringContaining("answered 403 Forbidden") });
  expect(JSON.stringify(outcome)).not.toContain("wrong");
});

test("a token's server may be elsewhere, under the rules for every server", async () => {
  const elsewhere = await startLoopback((_, response) =>
    response.end(JSON.stringify({ token: "a-token-of-the-registry" })),
  );
  try {
    pushChart("1.2.0");
    registry.authentication = { kind: "bearer", realm: `${elsewhere.origin}/token` };
    expect(await fetchOnce(options(), chart("1.2.0"))).toEqual({
      kind: "refused",
      message: `${elsewhere.origin}/token is not HTTPS`,
    });
    expect(elsewhere.seen).toEqual([]);
    const named = { ...options(), hosts: [...options().hosts, `${elsewhere.origin}/**`] };
    expect(await fetchContent(named, chart("1.2.0"))).toMatchObject({ version: "1.2.0" });
  } finally {
    await elsewhere.close();
  }
});

test("a layer may be elsewhere, where the registry's token does not follow", async () => {
  const archive = chartArchive("web", "1.2.0");
  const elsewhere = await startLoopback((_, response) => response.end(archive));
  try {
    pushChart("1.2.0");
    registry.authentication = { kind: "bearer" };
    registry.intercept = (request, response) => {
      if (request.url?.includes("/blobs/") !== true || request.headers.authorization === undefined) return false;
      response.writeHead(307, { location: `${elsewhere.origin}/blob?signature=secret` }).end();
      return true;
    };
    const named = { ...options(), hosts: [...options().hosts, `${elsewhere.origin}/**`] };
    expect(await fetchContent(named, chart("1.2.0"))).toMatchObject({ version: "1.2.0" });
    expect(elsewhere.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  } finally {
    await elsewhere.close();
  }
});

test("tags that go on at another server are refused", async () => {
  pushChart("1.2.0");
  registry.intercept = (_, response) => {
    response.setHeader("link", '<https://elsewhere.example.com/v2/x/tags/list>; rel="next"');
    return false;
  };
  expect(await fetchOnce(options(), chart("*"))).toEqual({
    kind: "refused",
    message: `the tags of oci://${registry.host}/acme/charts/web go on at another server`,
  });
});

test.each([
  ["manifest", "manifests"],
  ["layer", "blobs"],
])("a %s that is not what its digest says is absent", async (_, kind) => {
  const digest = pushFiles("latest", "a: 1\n");
  registry.intercept = (request, response) => {
    if (request.url?.includes(`/${kind}/`) !== true) return false;
    response.end(JSON.stringify({ layers: [] }));
    return true;
  };
  expect(await fetchOnce(options(), artifact({ digest }))).toMatchObject({
    kind: "absent",
    message: expect.stringContaining("has the digest sha256:"),
  });
});

test("a mirror stands in for a registry", async () => {
  registry.push("hub/acme/web", "1.2.0", [{ mediaType: helmLayer, content: chartArchive("web", "1.2.0") }], helmConfig);
  const mirrors = { "oci://docker.io": `oci+http://${registry.host}/hub` };
  const reference = { ...chart("1.2.0"), repository: "oci://docker.io/acme" };
  expect(await fetchContent({ ...options(), hosts: Object.values(mirrors), mirrors }, reference)).toMatchObject({
    version: "1.2.0",
  });
});

test("a registry is not spoken to in plain HTTP without being named for it", async () => {
  pushChart("1.2.0");
  for (const hosts of [[], [`oci://${registry.host}/**`], [`http://${registry.host}/**`], ["oci+http://*/**"]]) {
    expect(await fetchOnce({ ...options(), hosts }, chart("1.2.0"))).not.toMatchObject({ kind: "found" });
  }
  expect(asked()).toEqual([]);
});
