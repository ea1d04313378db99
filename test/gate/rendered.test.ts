import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { readFileSync } from "node:fs";
import { defaultConfig } from "../../src/config/default-config.ts";
import type { CheckRequest } from "../../src/gate/check-request.ts";
import { check } from "../../src/gate/check.ts";
import { memoryCache } from "../../src/gate/memory-cache.ts";
import type { Config } from "../../src/model/config.ts";
import type { Renderer } from "../../src/model/renderer.ts";
import type { Report } from "../../src/model/report.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { json } from "../../src/report/json.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { simpleJudge } from "./simple-judge.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

type Files = { readonly [path: string]: MemoryFile };

const now = "2026-01-01T00:00:00Z";
let renderer: Renderer;

beforeAll(() => {
  renderer = createRenderer({ cacheDir: TEST_CACHE });
});

afterAll(() => {
  renderer.close();
});

async function judged(after: Files, before?: Files, extra: Partial<CheckRequest> = {}): Promise<Report> {
  return check({
    ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
    after: memoryTree(after, "after"),
    config: defaultConfig,
    judge: simpleJudge(),
    renderer,
    now,
    judged: { after: "after", how: "directory", ...(before === undefined ? {} : { before: "before" }) },
    ...extra,
  });
}

function pod(name: string, image = "nginx:1", { labels = "{ owner: me }", namespace = "web" } = {}): string {
  return [
    "apiVersion: v1",
    "kind: Pod",
    `metadata: { name: ${name}, namespace: ${namespace}, labels: ${labels} }`,
    "spec:",
    "  containers:",
    "    - name: main",
    `      image: ${image}`,
    "",
  ].join("\n");
}

const clusters = Array.from({ length: 11 }, (_, index) => `c${String(index + 1).padStart(2, "0")}`);

/** A base that every one of eleven clusters loads as it is. */
function fleet(base: Files): Files {
  const overlays = clusters.map(
    (name) => [`clusters/${name}/kustomization.yaml`, "resources: [../../base]\n"] as const,
  );
  return { ...base, ...Object.fromEntries(overlays) };
}

const fleetConfig: Config = {
  ...defaultConfig,
  environments: Object.fromEntries(
    clusters.map((name) => [name, { paths: [`clusters/${name}`], clusters: [], levels: {}, parameters: {} }]),
  ),
};

function lines({ findings }: Report): readonly string[] {
  return findings.map(({ status, changed, policy, manifest, location, related, environments = [], sources = [] }) =>
    [
      `${status}${changed === true ? " (changed)" : ""} ${policy} ${manifest.name}`,
      `${location.path}:${location.line}`,
      ...(location.precision === "source" ? ["source"] : []),
      ...(related === undefined ? [] : [`for ${related.path}:${related.line}`]),
      ...(environments.length === 0 ? [] : [`in ${environments.join("+")}`]),
      ...(sources.length === 0 ? [] : [`through ${sources.join("+")}`]),
    ].join(" "),
  );
}

test("a base that eleven clusters load violates once, in eleven environments, and is asked about once", async () => {
  const judge = simpleJudge({ environmentKey: () => "" });
  const base = { "base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": pod("a") };
  const bad = { ...base, "base/pod.yaml": pod("a", "nginx:latest") };
  const report = await judged(fleet(bad), fleet(base), { judge, config: fleetConfig });
  expect(report.findings).toHaveLength(1);
  expect(report.findings[0]).toMatchObject({
    status: "introduced",
    location: { path: "base/pod.yaml", line: 7 },
    environments: clusters,
    sources: clusters.map((name) => `clusters/${name}`),
  });
  expect(report.findings[0]).not.toHaveProperty("environment");
  expect(report.counts).toMatchObject({ introduced: 1, manifests: 11, sources: 11 });
  expect(report.changes).toEqual({ created: 0, updated: 11, deleted: 0, moved: 0 });
  expect(report.manifestChanges).toEqual([
    {
      kind: "updated",
      manifest: { apiVersion: "v1", kind: "Pod", namespace: "web", name: "a" },
      sources: clusters.map((name) => `clusters/${name}`),
      environments: clusters,
    },
  ]);
  expect(judge.asked.map(({ operation }) => operation)).toEqual(["CREATE", "UPDATE"]);
});

test("a judge that may read the environment is asked about each", async () => {
  const judge = simpleJudge();
  const base = { "base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": pod("a") };
  await judged(fleet(base), undefined, { judge, config: fleetConfig });
  expect(judge.asked.map(({ manifest }) => manifest.environment ?? "").toSorted()).toEqual(clusters);
});

test("one finding that is new in one environment and old in the others is two", async () => {
  const base = { "base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": pod("a", "nginx:latest") };
  const before: { [path: string]: MemoryFile } = { ...fleet(base) };
  before["clusters/c11/kustomization.yaml"] = "resources: []\nconfigMapGenerator: [{ name: x, literals: [a=b] }]\n";
  const report = await judged(fleet(base), before, { config: fleetConfig });
  const tags = report.findings.filter(({ policy }) => policy === "images/tag");
  expect(tags.map(({ status, environments }) => [status, environments])).toEqual([
    ["existing", clusters.slice(0, 10)],
    ["introduced", ["c11"]],
  ]);
  const introduced = tags.find(({ status }) => status === "introduced");
  expect(introduced).toMatchObject({
    environment: "c11",
    location: { path: "clusters/c11/kustomization.yaml", line: 1, precision: "source" },
    related: { path: "base/pod.yaml", line: 7 },
  });
});

interface Row {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
  readonly findings: readonly string[];
  readonly changes: NonNullable<Report["changes"]>;
  readonly verdict: Report["verdict"];
}

const none = { created: 0, updated: 0, deleted: 0, moved: 0 };
const root = (text: string): Files => ({ "k/kustomization.yaml": `${text}\n` });

const rows: readonly Row[] = [
  {
    name: "what a patch of an overlay brings is told at the patch",
    before: { ...root("resources: [pod.yaml]"), "k/pod.yaml": pod("a") },
    after: {
      ...root("resources: [pod.yaml]\npatches: [{ path: patch.yaml }]"),
      "k/pod.yaml": pod("a"),
      "k/patch.yaml": pod("a", "nginx:latest"),
    },
    findings: ["introduced images/tag a k/patch.yaml:7 through k"],
    changes: { ...none, updated: 1 },
    verdict: "fail",
  },
  {
    name: "an old violation of a base is existing where an overlay changes something else",
    before: { ...root("resources: [pod.yaml]"), "k/pod.yaml": pod("a", "nginx:latest") },
    after: {
      ...root("resources: [pod.yaml]\nnamePrefix: ''\ncommonAnnotations: { tier: web }"),
      "k/pod.yaml": pod("a", "nginx:latest"),
    },
    findings: ["existing images/tag a k/pod.yaml:7 through k"],
    changes: { ...none, updated: 1 },
    verdict: "pass",
  },
  {
    name: "a file that moves within a source is nothing",
    before: { ...root("resources: [pod.yaml]"), "k/pod.yaml": pod("a", "nginx:latest") },
    after: { ...root("resources: [sub/web.yaml]"), "k/sub/web.yaml": pod("a", "nginx:latest") },
    findings: ["existing images/tag a k/sub/web.yaml:7 through k"],
    changes: { ...none, moved: 1 },
    verdict: "pass",
  },
  {
    name: "an object that changes its source is the same object, newly exposed to whatever applies that source",
    before: {
      ...root("resources: [pod.yaml, other.yaml]"),
      "k/pod.yaml": pod("a", "nginx:latest"),
      "k/other.yaml": pod("o"),
      "l/kustomization.yaml": "resources: [more.yaml]\n",
      "l/more.yaml": pod("m"),
    },
    after: {
      ...root("resources: [other.yaml]"),
      "k/other.yaml": pod("o"),
      "l/kustomization.yaml": "resources: [more.yaml, pod.yaml]\n",
      "l/more.yaml": pod("m"),
      "l/pod.yaml": pod("a", "nginx:latest"),
    },
    findings: ["introduced images/tag a l/pod.yaml:7 through l"],
    changes: { ...none, moved: 1 },
    verdict: "fail",
  },
  {
    name: "a plain file that a kustomization takes up keeps its findings",
    before: { "k/pod.yaml": pod("a", "nginx:latest") },
    after: { ...root("resources: [pod.yaml]"), "k/pod.yaml": pod("a", "nginx:latest") },
    findings: ["existing images/tag a k/pod.yaml:7 through k"],
    changes: { ...none, moved: 1 },
    verdict: "pass",
  },
  {
    name: "a line of resources that goes deletes the object, which rules are asked about",
    before: {
      ...root("resources: [pod.yaml, b.yaml]"),
      "k/pod.yaml": pod("a", "nginx:1", { labels: '{ owner: me, frozen: "true" }' }),
      "k/b.yaml": pod("b"),
    },
    after: {
      ...root("resources: [b.yaml]"),
      "k/b.yaml": pod("b"),
    },
    findings: ["introduced change/freeze a k/kustomization.yaml:1 source for k/pod.yaml:3 through k"],
    changes: { ...none, deleted: 1 },
    verdict: "fail",
  },
  {
    name: "what a patch no longer covers is told where the patch set it, whatever else the change edits",
    before: {
      ...root("resources: [pod.yaml]\npatches: [{ path: patch.yaml }]"),
      "k/pod.yaml": pod("a", "nginx:latest"),
      "k/patch.yaml": pod("a", "nginx:2"),
    },
    after: {
      ...root("resources: [pod.yaml]\npatches: [{ path: patch.yaml }]\nnamespace: web"),
      "k/pod.yaml": pod("a", "nginx:latest"),
      "k/patch.yaml": pod("a", "nginx:2").replace("image: nginx:2", "imagePullPolicy: Always"),
    },
    findings: ["introduced images/tag a k/patch.yaml:7 source for k/pod.yaml:7 through k"],
    changes: { ...none, updated: 1 },
    verdict: "fail",
  },
  {
    name: "an image that an images entry sets is told at the entry",
    before: { ...root("resources: [pod.yaml]\nimages: [{ name: nginx, newTag: '1' }]"), "k/pod.yaml": pod("a") },
    after: { ...root("resources: [pod.yaml]\nimages: [{ name: nginx, newTag: latest }]"), "k/pod.yaml": pod("a") },
    findings: ["introduced images/tag a k/kustomization.yaml:2 through k"],
    changes: { ...none, updated: 1 },
    verdict: "fail",
  },
  {
    name: "a generated ConfigMap that gets other content keeps its findings",
    before: root("configMapGenerator: [{ name: conf, literals: [a=b] }]"),
    after: root("configMapGenerator: [{ name: conf, literals: [a=c] }]"),
    findings: ["existing meta/owner conf-<hash> k/kustomization.yaml:1 source through k"],
    changes: { ...none, created: 1, deleted: 1 },
    verdict: "pass",
  },
  {
    name: "plain files and sources are judged beside each other",
    before: { ...root("resources: [pod.yaml]"), "k/pod.yaml": pod("a"), "plain.yaml": pod("p") },
    after: {
      ...root("resources: [pod.yaml]"),
      "k/pod.yaml": pod("a", "nginx:latest"),
      "plain.yaml": pod("p", "other:latest"),
    },
    findings: ["introduced images/tag a k/pod.yaml:7 through k", "introduced images/tag p plain.yaml:7"],
    changes: { ...none, updated: 2 },
    verdict: "fail",
  },
];

test.each(rows)("$name", async ({ before, after, findings, changes, verdict }) => {
  const report = await judged(after, before);
  expect(report.problems).toEqual([]);
  expect(lines(report).map((line) => line.replace(/-[2456789bcdfghkmt]{10}\b/, "-<hash>"))).toEqual(findings);
  expect(report.changes).toEqual(changes);
  expect(report.verdict).toBe(verdict);
});

const broken = root("resources: [pod.yaml, missing.yaml]");

test("a root that fails blocks where the change brings the failure, and what it would have drawn is judged as it stands", async () => {
  const good = { ...root("resources: [pod.yaml]"), "k/pod.yaml": pod("a") };
  const report = await judged({ ...broken, "k/pod.yaml": pod("a", "nginx:latest") }, good);
  expect(report.verdict).toBe("error");
  expect(report.problems).toMatchObject([{ stage: "render", status: "introduced", path: "k/kustomization.yaml" }]);
  expect(lines(report)).toEqual(["introduced images/tag a k/pod.yaml:7"]);
});

test("a root that failed before blocks only what changes what it reads", async () => {
  const before = { ...broken, "k/pod.yaml": pod("a"), "other.yaml": pod("o") };
  const elsewhere = await judged({ ...before, "other.yaml": pod("o", "nginx:2") }, before);
  expect(elsewhere.problems).toMatchObject([{ stage: "render", status: "existing", path: "k/kustomization.yaml" }]);
  expect(elsewhere.verdict).toBe("pass");
  const within = await judged({ ...before, "k/pod.yaml": pod("a", "nginx:latest") }, before);
  expect(within.problems).toMatchObject([{ stage: "render", status: "introduced", path: "k/kustomization.yaml" }]);
  expect(lines(within)).toEqual(["introduced images/tag a k/pod.yaml:7"]);
  expect(within.verdict).toBe("error");
});

test("a base that breaks every source that loads it is one problem", async () => {
  const base = { "base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": pod("a") };
  const report = await judged(fleet({ ...base, "base/kustomization.yaml": "resources: [gone.yaml]\n" }), fleet(base));
  expect(report.problems).toHaveLength(1);
  expect(report.problems).toMatchObject([{ stage: "render", status: "introduced" }]);
  expect(report.verdict).toBe("error");
});

test("every file in scope is accounted for, rendered ones with the sources that read them", async () => {
  const report = await judged({
    ...root("resources: [pod.yaml]\npatches: [{ path: patch.yaml }]"),
    "k/pod.yaml": pod("a"),
    "k/patch.yaml": pod("a", "nginx:2"),
    "plain.yaml": pod("p"),
  });
  expect(report.checked).toEqual([
    { path: "k/kustomization.yaml", manifests: 0, sources: ["k"] },
    { path: "k/patch.yaml", manifests: 0, sources: ["k"] },
    { path: "k/pod.yaml", manifests: 1, sources: ["k"] },
    { path: "plain.yaml", manifests: 1 },
  ]);
  expect(report.skipped).toEqual([]);
  expect(report.sources).toEqual([
    { id: "k", kind: "kustomize", path: "k/kustomization.yaml", line: 1, environments: [], manifests: 1 },
  ]);
});

test("only what a change touches is judged anew, and nothing of it the second time, with a report of the same bytes", async () => {
  const base = { "base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": pod("a") };
  const others = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      [`r${index}/kustomization.yaml`, "resources: [p.yaml]\n"],
      [`r${index}/p.yaml`, pod(`p${index}`, "x:latest")],
    ]).flat(),
  ) as Files;
  const before = { ...fleet(base), ...others };
  const after = { ...before, "r3/p.yaml": pod("p3", "y:latest") };
  const cache = memoryCache(50_000_000);
  await judged(before, undefined, { cache });
  const judge = simpleJudge();
  const first = await judged(after, before, { cache, judge });
  const second = await judged(after, before, { cache, judge });
  expect(judge.asked.map(({ manifest, operation }) => [manifest.identity.name, operation])).toEqual([["p3", "UPDATE"]]);
  expect(JSON.stringify(second)).toBe(JSON.stringify(first));
});

const application = [
  "apiVersion: argoproj.io/v1alpha1",
  "kind: Application",
  "metadata: { name: web, namespace: argocd, labels: { owner: me } }",
  "spec:",
  "  project: default",
  "  source: { repoURL: https://example.com/charts, chart: web, targetRevision: 1.0.0 }",
  "  destination: { server: https://kubernetes.default.svc, namespace: web }",
  "",
].join("\n");

test("a chart that only a registry has is a named gap, which blocks the change that brings it", async () => {
  const after = { "app.yaml": application, "pod.yaml": pod("a") };
  const before = { "pod.yaml": pod("a") };
  const allowed = await judged(after, before, { config: { ...defaultConfig, gaps: "allow" } });
  expect(allowed.gaps).toMatchObject([{ source: "Application argocd/web", path: "app.yaml", touched: true }]);
  expect(allowed.counts.gaps).toBe(1);
  expect(allowed.verdict).toBe("pass");
  expect(allowed.sources).toMatchObject([{ id: "Application argocd/web", manifests: 0, gap: allowed.gaps[0]?.reason }]);
  const refused = await judged(after, before);
  expect(refused.problems).toMatchObject([{ stage: "render", status: "introduced", path: "app.yaml" }]);
  expect(refused.verdict).toBe("error");
  const untouched = await judged(after, { ...after, "pod.yaml": pod("a", "nginx:0") });
  expect(untouched.problems).toEqual([]);
});

test("a report of rendered sources is valid by the published schema", async () => {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(
    JSON.parse(readFileSync("schema/report.schema.json", "utf8")) as object,
  );
  const base = { "base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": pod("a", "nginx:latest") };
  const report = await judged(
    { ...fleet(base), "app.yaml": application },
    fleet({ ...base, "base/pod.yaml": pod("a") }),
    {
      config: fleetConfig,
    },
  );
  validate(JSON.parse(json(report)));
  expect(validate.errors).toBeNull();
});
