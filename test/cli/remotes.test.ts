import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startHelmRepository, type HelmRepository } from "../support/remote-servers/helm-repository.ts";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

let charts: HelmRepository;
beforeAll(async () => {
  charts = await startHelmRepository(
    ["1.0.0", "2.0.0"].map((version) => ({
      name: "web",
      version,
      files: {
        "values.yaml": "image: nginx\n",
        "templates/pod.yaml": `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: "{{ .Values.image }}:${version === "1.0.0" ? "1" : "latest"}" }] }\n`,
      },
    })),
  );
});
afterAll(() => charts.close());

const NOW = "2026-01-01T00:00:00Z";

const POLICY = `package main

deny contains msg if {
	some container in input.spec.containers
	endswith(container.image, ":latest")
	msg := sprintf("container %s uses latest", [container.name])
}
`;
const release = (version: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: charts, namespace: web }
spec: { url: "${charts.origin}/charts" }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: web }
spec:
  chart:
    spec:
      chart: web
      version: ${version}
      sourceRef: { kind: HelmRepository, name: charts }
`;
const configuration = (fetch: string): string =>
  `version: 1\npolicies: [policy]\nrepositories: ["https://github.com/acme/gitops"]\nschemas: off\nremotes: { fetch: ${fetch}, allow: ["${charts.origin}/**"] }\n`;

/** A repository whose main branch installs version 1.0.0, and its branch another one. */
function repository(version: string, fetch = "known"): string {
  const directory = directoryWith({
    "policy/tag.rego": POLICY,
    "portcullis.yaml": configuration(fetch),
    "apps/web.yaml": release("1.0.0"),
  });
  git(directory, "init", "--quiet", "--initial-branch=main");
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=base");
  git(directory, "switch", "--quiet", "--create=change");
  write(directory, { "apps/web.yaml": release(version) });
  git(directory, "commit", "--quiet", "--all", "--message=change");
  return directory;
}

test("another version of a chart is judged by what it changes, at the line that asks for it", async () => {
  const { code, out } = await portcullis(repository("2.0.0"), ["check", "--base", "main"]);
  expect(out).toContain("deny[main]: container web uses latest\n  --> apps/web.yaml:13");
  expect(out).toContain(
    `web of ${charts.origin}/charts 1.0.0 → 2.0.0 (HelmRelease web/web): 1 updated; nginx:1 → nginx:latest`,
  );
  expect(code).toBe(1);
});

test("a version that the repository does not have blocks, and says so", async () => {
  const { code, out } = await portcullis(repository("3.0.0"), ["check", "--base", "main"]);
  expect(out).toMatch(/problem\[render\]: HelmRelease web\/web cannot be rendered: chart web 3\.0\.0 of .*3\.0\.0/);
  expect(out).toContain("--> apps/web.yaml:13");
  expect(code).toBe(2);
});

test("what was fetched before is used offline, and while its server is down", async () => {
  const directory = repository("2.0.0");
  const online = await portcullis(directory, ["check", "--base", "main", "--no-cache", "-o", "json", "--now", NOW]);
  const offline = await portcullis(directory, [
    "check",
    "--base",
    "main",
    "--no-cache",
    "-o",
    "json",
    "--offline",
    "--now",
    NOW,
  ]);
  expect(offline.out).toBe(online.out);
  charts.isDown = true;
  try {
    const down = await portcullis(directory, ["check", "--base", "main", "--no-cache", "-o", "json", "--now", NOW]);
    expect(down.out).toBe(online.out);
    write(directory, { "apps/web.yaml": release("^3") });
    const unknown = await portcullis(directory, ["check", "apps", "-o", "json", "--now", NOW]);
    expect(JSON.parse(unknown.out).problems).toMatchObject([{ stage: "render", line: 13 }]);
    expect(unknown.code).toBe(2);
  } finally {
    charts.isDown = false;
  }
});

test("while a server is down, what it answered last is judged, and every output says so", async () => {
  const directory = repository("^1.0.0");
  const check = async (...args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string }> =>
    portcullis(directory, ["check", "--base", "main", "--now", NOW, ...args]);
  const said = "No answer from the server: judged as it was when it last answered";
  const online = await check();
  expect(online.out).not.toContain(said);
  charts.isDown = true;
  try {
    const down = await check();
    expect(down.code).toBe(online.code);
    expect(down.out).toContain(`${said}:\n  web ^1.0.0 of ${charts.origin}/charts: 1.0.0\n`);
    expect(JSON.parse((await check("-o", "json")).out).remotes).toMatchObject([
      { reference: `web 1.0.0 of ${charts.origin}/charts` },
      { reference: `web ^1.0.0 of ${charts.origin}/charts`, version: "1.0.0", stale: true },
    ]);
    expect((await check("-o", "markdown")).out).toContain(said);
    expect((await check("-o", "sarif")).out).toContain(said);
    for (const command of ["fetch", "graph"]) expect((await portcullis(directory, [command])).err).toContain(said);
  } finally {
    charts.isDown = false;
  }
  expect((await check("--offline")).out).toContain(said);
});

test("where the configuration does not say, a person's own tree is fetched, and of a change what its base uses", async () => {
  const directory = directoryWith({
    "policy/tag.rego": POLICY,
    "portcullis.yaml": configuration("known").replace("fetch: known, ", ""),
    "apps/web.yaml": release("2.0.0"),
  });
  const own = await portcullis(directory, ["check", "apps", "-o", "json", "--now", NOW]);
  expect(JSON.parse(own.out)).toMatchObject({ gaps: [], remotes: [{ version: "2.0.0" }] });
  expect(own.code).toBe(1);

  const change = directoryWith({ "policy/tag.rego": POLICY, "apps/none.yaml": "" });
  git(change, "init", "--quiet", "--initial-branch=main");
  git(change, "add", "--all");
  git(change, "commit", "--quiet", "--message=base");
  git(change, "switch", "--quiet", "--create=change");
  write(change, { "apps/web.yaml": release("1.0.0") });
  git(change, "add", "--all");
  git(change, "commit", "--quiet", "--message=change");
  const asked = charts.seen.length;
  const foreign = await portcullis(change, ["check", "--base", "main"]);
  expect(foreign.out).toContain("deny[remotes/unknown]: web 1.0.0 of");
  expect(foreign.out).toContain(`add "${charts.origin}/charts/**" to remotes.allow`);
  expect(foreign.code).toBe(1);
  expect(charts.seen).toHaveLength(asked);
});

test("nothing is fetched where the configuration says so, or cannot be read", async () => {
  const { out } = await portcullis(repository("2.0.0", "off"), ["check", "apps", "-o", "json", "--now", NOW]);
  const report = JSON.parse(out) as { readonly gaps: readonly unknown[]; readonly remotes?: unknown };
  expect(report.gaps).toHaveLength(1);
  expect(report.remotes).toBeUndefined();
  const asked = charts.seen.length;
  const unread = repository("2.0.0");
  write(unread, { "portcullis.yaml": `${configuration("any")}unknown: 1\n` });
  expect((await portcullis(unread, ["check", "apps", "--now", NOW])).code).toBe(2);
  expect(charts.seen).toHaveLength(asked);
});

test("graph and render fetch as check does", async () => {
  const directory = repository("2.0.0");
  const rendered = await portcullis(directory, ["render", "HelmRelease web/web"]);
  expect(rendered.out).toContain('"image":"nginx:latest"');
  const graph = await portcullis(directory, ["graph", "-o", "json"]);
  expect(JSON.parse(graph.out).gaps).toEqual([]);
});

test("a judgement is repeated with what its report lists, whatever is released meanwhile", async () => {
  const directory = repository("^1.0.0");
  const all = charts.charts;
  const first = await portcullis(directory, ["check", "--base", "main", "-o", "json", "--now", NOW]);
  expect(JSON.parse(first.out).remotes).toMatchObject([{ version: "1.0.0" }, { version: "1.0.0" }]);
  write(directory, { "report.json": first.out, "none.json": '{"verdict":"pass"}' });
  const [released] = all;
  if (released === undefined) throw new Error("there is a chart");
  charts.charts = [...all, { ...released, version: "1.1.0" }];
  try {
    const now = await portcullis(directory, ["check", "--base", "main", "-o", "json", "--now", NOW]);
    expect(JSON.parse(now.out).remotes).toMatchObject([{ version: "1.0.0" }, { version: "1.1.0" }]);
    const again = await portcullis(directory, [
      "check",
      "--base",
      "main",
      "-o",
      "json",
      "--now",
      NOW,
      "--remotes",
      "report.json",
    ]);
    expect(again.out).toBe(first.out);
    const unlisted = await portcullis(directory, ["check", "--base", "main", "--remotes", "none.json"]);
    expect(unlisted.out).toContain("the report given by --remotes does not list web ^1.0.0");
    expect(unlisted.code).toBe(2);
    const wrong = await portcullis(directory, ["check", "--remotes", "apps/web.yaml"]);
    expect(wrong.err).toMatch(/--remotes apps\/web\.yaml: .*JSON/);
    expect(wrong.code).toBe(2);
  } finally {
    charts.charts = all;
  }
});

test("what was fetched ahead serves runs without the network", async () => {
  const directory = repository("2.0.0");
  const { code, out } = await portcullis(directory, ["fetch"]);
  expect(out).toMatch(/^web 2\.0\.0 of http:.*\/charts {2}2\.0\.0 {2}sha256:[0-9a-f]{64}\n$/);
  expect(code).toBe(0);
  const off = await portcullis(repository("2.0.0", "off"), ["fetch"]);
  expect([off.code, off.err]).toEqual([2, expect.stringContaining("`remotes.fetch` of portcullis.yaml is off")]);
});

test("charts are copied with a lock, and the copies are judged in place of the registry", async () => {
  const directory = repository("2.0.0");
  write(directory, { "portcullis.yaml": `${configuration("known")}helm: { vendor: vendor }\n` });
  const vendored = await portcullis(directory, ["vendor"]);
  expect([vendored.code, vendored.out]).toEqual([0, "web 2.0.0  vendor/web-2.0.0\n"]);
  write(directory, { "portcullis.yaml": `${configuration("off")}helm: { vendor: vendor }\n` });
  const { out } = await portcullis(directory, ["check", "apps", "-o", "json"]);
  const report = JSON.parse(out) as { readonly gaps: unknown; readonly findings: readonly unknown[] };
  expect(report.gaps).toEqual([]);
  expect(report.findings).toMatchObject([{ message: "container web uses latest" }]);
  const again = await portcullis(directory, ["vendor"]);
  expect(again.code).toBe(2);
});
