import { expect, test } from "@jest/globals";
import type { Config } from "../../src/model/config.ts";
import * as attack from "./attack-files.ts";
import { pod } from "./attack-files.ts";
import { blocking, changeJudge, here, type Files } from "./change-judge.ts";

const judgedWhole = changeJudge();
/** Judges a change to some of the files. */
const judged = (before: Files, after: Files, config: Partial<Config> = {}) =>
  judgedWhole(before, { ...before, ...after }, config);

const labels = "labels: { owner: me }";
const application = (more: string): string => attack.application("web", { more });
const set = (revision: string): string =>
  [
    "apiVersion: argoproj.io/v1alpha1",
    "kind: ApplicationSet",
    `metadata: { name: web, namespace: argocd, ${labels} }`,
    "spec:",
    `  generators: [{ git: { repoURL: ${here}, revision: ${revision}, directories: [{ path: web }] } }]`,
    "  template:",
    `    metadata: { name: "{{path.basename}}", ${labels} }`,
    "    spec:",
    "      project: default",
    "      destination: { server: https://kubernetes.default.svc, namespace: web }",
    `      source: { repoURL: ${here}, path: "{{path}}" }`,
    "",
  ].join("\n");
const repository = (spec: string, name = "fleet"): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: ${name}, namespace: flux-system, ${labels} }\nspec: { url: ${here}, ref: { branch: main }${spec} }\n`;
const flux = (name = "fleet"): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: apps, namespace: flux-system, ${labels} }\nspec: { prune: true, path: ./web, sourceRef: { kind: GitRepository, name: ${name} } }\n`;
const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: apps, namespace: flux-system, ${labels} }\nspec: { chart: { spec: { chart: web, sourceRef: { kind: GitRepository, name: fleet } } } }\n`;
const chart: Files = {
  "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "web/templates/pod.yaml": pod(),
};

const remoteRoot = (version: string): string =>
  `resources: [pod.yaml, 'https://github.com/acme/base//web?ref=${version}']\n`;

const secret = "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]";
const sops = `sops: { mac: "${secret}", version: 3.9.0 }\n`;
const encrypted = (kind: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: { name: a, namespace: web, ${labels} }\ndata: { a: "${secret}" }\n${sops}`;

const plain: Files = { "web/pod.yaml": pod() };

test.each<{ readonly name: string; readonly before: Files; readonly after: Files; readonly told: readonly string[] }>([
  {
    name: "an Application that turns to another branch",
    before: { ...plain, "argo/app.yaml": application("") },
    after: { "argo/app.yaml": application(", targetRevision: feature") },
    told: ["argo/app.yaml: Application argocd/web is not fully judged: follows feature,"],
  },
  {
    name: "an Application that turns to another tag",
    before: { ...plain, "argo/app.yaml": application(", targetRevision: v1.0.0") },
    after: { "argo/app.yaml": application(", targetRevision: v1.0.1") },
    told: ["argo/app.yaml: Application argocd/web is not fully judged: pinned to v1.0.1,"],
  },
  {
    name: "a generator that turns to another branch",
    before: { ...plain, "argo/set.yaml": set("main") },
    after: { "argo/set.yaml": set("feature") },
    told: ["argo/set.yaml: ApplicationSet argocd/web is not fully judged: follows feature,"],
  },
  {
    name: "a GitRepository that turns to another branch",
    before: { ...plain, "flux/repository.yaml": repository(""), "flux/apps.yaml": flux() },
    after: { "flux/repository.yaml": repository("").replace("main", "feature") },
    told: [
      "flux/apps.yaml: Kustomization flux-system/apps is not fully judged: GitRepository flux-system/fleet is the branch",
    ],
  },
  {
    name: "a GitRepository that loses its branch",
    before: { ...plain, "flux/repository.yaml": repository(""), "flux/apps.yaml": flux() },
    after: { "flux/repository.yaml": repository("").replace(", ref: { branch: main }", "") },
    told: [
      "flux/apps.yaml: Kustomization flux-system/apps is not fully judged: GitRepository flux-system/fleet is the branch",
    ],
  },
  {
    name: "a release whose chart turns to another branch",
    before: { ...chart, "flux/repository.yaml": repository(""), "flux/apps.yaml": release },
    after: { "flux/repository.yaml": repository("").replace("main", "feature") },
    told: [
      "flux/apps.yaml: HelmRelease flux-system/apps is not fully judged: GitRepository flux-system/fleet is the branch",
    ],
  },
  {
    name: "a Kustomization that turns to a source of a name that nothing has",
    before: { ...plain, "flux/repository.yaml": repository(""), "flux/apps.yaml": flux() },
    after: { "flux/apps.yaml": flux("mallory") },
    told: [
      "flux/apps.yaml: Kustomization flux-system/apps is not fully judged: GitRepository flux-system/mallory is not",
    ],
  },
  {
    name: "a source that includes another one",
    before: { ...plain, "flux/repository.yaml": repository(""), "flux/apps.yaml": flux() },
    after: { "flux/repository.yaml": repository(", include: [{ repository: { name: mallory } }]") },
    told: [
      "flux/apps.yaml: Kustomization flux-system/apps is not fully judged: GitRepository flux-system/fleet includes mallory",
    ],
  },
  {
    name: "another repository at another tag",
    before: {
      "flux/apps.yaml": flux(),
      "flux/repository.yaml": repository("").replace(here, "https://elsewhere/x").replace("branch: main", "tag: v1"),
    },
    after: {
      "flux/repository.yaml": repository("").replace(here, "https://elsewhere/x").replace("branch: main", "tag: v2"),
    },
    told: [
      "flux/apps.yaml: Kustomization flux-system/apps is not fully judged: GitRepository flux-system/fleet is another",
    ],
  },
  {
    name: "an Application of this path on another port",
    before: { ...plain, "argo/app.yaml": application("") },
    after: { "argo/app.yaml": application("").replace("github.com", "github.com:8443") },
    told: [
      "argo/app.yaml: Application argocd/web is not fully judged: not rendered: it is in another repository, https://github.com:8443",
    ],
  },
  {
    name: "a plain file that a checkout encodes otherwise",
    before: plain,
    after: { "web/notes.yaml": "notes\n", ".gitattributes": "web/notes.yaml working-tree-encoding=UTF-16LE\n" },
    told: [".gitattributes: web/notes.yaml is not fully judged: a checkout has other bytes"],
  },
  {
    name: "a file of a generator that passes a filter",
    before: {
      ...plain,
      "web/kustomization.yaml": "resources: [pod.yaml]\nconfigMapGenerator: [{ name: x, files: [data.txt] }]\n",
      "web/data.txt": "a\n",
    },
    after: { "web/.gitattributes": "*.txt filter=x\n" },
    told: ["web/.gitattributes: web/data.txt is not fully judged: a checkout may have other bytes"],
  },
  {
    name: "a file of a chart that moves to Git LFS",
    before: {
      ...chart,
      "web/ca.txt": "a\n",
      ".gitattributes": "web/*.txt filter=lfs\n",
      "argo/app.yaml": application(""),
    },
    after: { "web/ca.txt": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n" },
    told: [".gitattributes: web/ca.txt is not fully judged: its content is in Git LFS"],
  },
  {
    name: "an image that SOPS encrypted",
    before: plain,
    after: { "web/pod.yaml": pod(`"${secret}"`) + sops },
    told: [
      `web/pod.yaml: web/pod.yaml is not fully judged: Pod web/a has values that SOPS encrypted: /spec/containers/0/image`,
    ],
  },
  {
    name: "an image that SOPS encrypted, in a Kustomize root",
    before: { ...plain, "web/kustomization.yaml": "resources: [pod.yaml]\n" },
    after: { "web/pod.yaml": pod(`"${secret}"`) + sops },
    told: [`web/pod.yaml: web is not fully judged: Pod web/a has values that SOPS encrypted: /spec/containers/0/image`],
  },
  {
    name: "other encrypted values than before",
    before: { "web/config.yaml": encrypted("ConfigMap") },
    after: { "web/config.yaml": encrypted("ConfigMap").replace("data:eA==", "data:eQ==") },
    told: [
      `web/config.yaml: web/config.yaml is not fully judged: ConfigMap web/a has values that SOPS encrypted: /data/a`,
    ],
  },
  {
    name: "another commit of a submodule",
    before: { ...plain, lib: { submodule: "01" } },
    after: { lib: { submodule: "02" } },
    told: ["lib: lib is not fully judged: the files of the submodule are in another repository"],
  },
  {
    name: "an Application that turns to a submodule",
    before: { ...plain, lib: { submodule: "01" }, "argo/app.yaml": application("") },
    after: { "argo/app.yaml": application("").replace("path: web", "path: lib/web") },
    told: ["argo/app.yaml: Application argocd/web is not fully judged: not rendered: lib/web is in the submodule lib"],
  },
  {
    name: "a Kustomize root that loads a submodule",
    before: { ...plain, lib: { submodule: "01" }, "web/kustomization.yaml": "resources: [pod.yaml]\n" },
    after: { "web/kustomization.yaml": "resources:\n  - pod.yaml\n  - ../lib/base\n" },
    told: ["web/kustomization.yaml: web is not fully judged: lib/base (resource) is in the submodule lib"],
  },
  {
    name: "another version of a remote resource",
    before: { ...plain, "web/kustomization.yaml": remoteRoot("v1") },
    after: { "web/kustomization.yaml": remoteRoot("v2") },
    told: [
      "web/kustomization.yaml: web is not fully judged: https://github.com/acme/base//web?ref=v2 (resource) is not in this repository, and nothing is fetched",
    ],
  },
  {
    name: "a release whose chart turns to a submodule",
    before: { ...chart, lib: { submodule: "01" }, "flux/repository.yaml": repository(""), "flux/apps.yaml": release },
    after: { "flux/apps.yaml": release.replace("chart: web,", "chart: lib/web,") },
    told: ["flux/apps.yaml: HelmRelease flux-system/apps is not fully judged: chart lib/web is in the submodule lib"],
  },
  {
    name: "an Application whose values turn to a submodule",
    before: { ...chart, lib: { submodule: "01" }, "argo/app.yaml": application("") },
    after: { "argo/app.yaml": application(", helm: { valueFiles: [../lib/values.yaml] }") },
    told: [
      "argo/app.yaml: Application argocd/web is not fully judged: not rendered: its values lib/values.yaml are in the submodule lib",
    ],
  },
  {
    name: "a Kustomization that turns to a submodule",
    before: { ...plain, lib: { submodule: "01" }, "flux/repository.yaml": repository(""), "flux/apps.yaml": flux() },
    after: { "flux/apps.yaml": flux().replace("./web", "./lib") },
    told: ["flux/apps.yaml: Kustomization flux-system/apps is not fully judged: lib is in the submodule lib"],
  },
])("content that this gate has not seen blocks the change that brings it: $name", async ({ before, after, told }) => {
  const expected = told.map((text) => expect.stringContaining(text));
  expect(blocking(await judged(before, after))).toEqual(expected);
  expect(blocking(await judged(before, after, { gaps: "allow" }))).toEqual([]);
});

test("a remote resource that was there before is an old gap, and what is loaded beside it is judged by itself", async () => {
  const files = {
    ...plain,
    "web/kustomization.yaml": "resources: [pod.yaml]\n",
    "all/kustomization.yaml": "resources: [../web, 'https://github.com/acme/base//web?ref=v1']\n",
  };
  const report = await judged(files, { "other.yaml": pod("nginx:latest").replace("name: a", "name: b") });
  expect(report.gaps).toMatchObject([{ source: "all", path: "all/kustomization.yaml", line: 1 }]);
  expect(report.sources.map(({ id, manifests }) => [id, manifests])).toEqual([
    ["all", 0],
    ["web", 1],
  ]);
  expect(report.problems).toEqual([]);
});

test.each<[string, Files]>([
  ["an Application", { "argo/app.yaml": application(", targetRevision: feature") }],
  ["a Kustomization", { "flux/apps.yaml": flux(), "flux/repository.yaml": repository("").replace("main", "feature") }],
  ["a Kustomization of a source that nothing has", { "flux/apps.yaml": flux("mallory") }],
])(
  "content that follows another branch is judged as this tree has it, and its gap is an old one: %s",
  async (_, files) => {
    const report = await judged({ ...plain, ...files }, { "web/pod.yaml": pod("nginx:latest") });
    expect(report.findings.map(({ policy, status }) => `${policy} ${status}`)).toEqual(["images/tag introduced"]);
    expect(report.gaps).toEqual([expect.not.objectContaining({ touched: true })]);
    expect(blocking(report)).toEqual([]);
  },
);

test("another object of the same name touches no old gap, and neither does its removal", async () => {
  const alone = { ...plain, "argo/app.yaml": application(", targetRevision: feature") };
  const both = { ...alone, "more/app.yaml": application(", targetRevision: v1.0.0") };
  const added = await judgedWhole(alone, both);
  expect(added.gaps.filter(({ touched }) => touched).map(({ path }) => path)).toEqual(["more/app.yaml"]);
  expect(added.gaps.map(({ path }) => path)).toContain("argo/app.yaml");
  const removed = await judgedWhole(both, alone);
  expect(removed.gaps.filter(({ touched, path }) => touched === true && path === "argo/app.yaml")).toEqual([]);
});

test("another object of the same name leaves an old problem an old one", async () => {
  const alone = { "web/kustomization.yaml": "resources: [gone.yaml]\n", "argo/app.yaml": application("") };
  const other = attack.application("other", { name: "web" });
  const report = await judgedWhole(alone, { ...alone, "other/pod.yaml": pod(), "more/app.yaml": other });
  expect(report.problems.map(({ path, status }) => [path, status])).toEqual([["web/kustomization.yaml", "existing"]]);
});

test("another object of the same name brings its own gap, even one that reads the same", async () => {
  const alone = { ...plain, "argo/app.yaml": application(", targetRevision: feature") };
  const report = await judgedWhole(alone, { ...alone, "more/app.yaml": alone["argo/app.yaml"] });
  expect(blocking(report)).toEqual([expect.stringMatching(/^more\/app\.yaml: .* follows feature/)]);
});

const pinned = repository("").replace("branch: main", "tag: v1");
const edited = (field: string): string => flux().replace("prune: true", `prune: true, ${field}`);
const registry = (more: string): string =>
  application(`, chart: web, targetRevision: 1.0.0, helm: { valuesObject: { a: 1 } }${more}`).replace(
    ", path: web",
    "",
  );

test.each<{ readonly name: string; readonly before: Files; readonly after: Files; readonly blocked: boolean }>([
  {
    name: "a Kustomization edits content of a tag in another way",
    before: { ...plain, "flux/repository.yaml": pinned, "flux/apps.yaml": edited("namePrefix: a-") },
    after: { "flux/apps.yaml": edited("namePrefix: b-") },
    blocked: true,
  },
  {
    name: "the tree gains a file beside that content",
    before: { ...plain, "flux/repository.yaml": pinned, "flux/apps.yaml": edited("namePrefix: a-") },
    after: { "web/other.yaml": pod().replace("name: a", "name: b") },
    blocked: false,
  },
  {
    name: "an Application edits content of a tag in another way",
    before: {
      ...plain,
      "web/kustomization.yaml": "resources: [pod.yaml]\n",
      "argo/app.yaml": application(", targetRevision: v1.0.0, kustomize: { namePrefix: a- }"),
    },
    after: { "argo/app.yaml": application(", targetRevision: v1.0.0, kustomize: { namePrefix: b- }") },
    blocked: true,
  },
  {
    name: "an Application with a chart of a registry moves down its file",
    before: { "argo/app.yaml": registry("") },
    after: { "argo/app.yaml": `# a remark\n${registry("")}` },
    blocked: false,
  },
  {
    name: "an Application hands other values to a chart of a registry",
    before: { "argo/app.yaml": registry("") },
    after: { "argo/app.yaml": registry("").replace("a: 1", "a: 2") },
    blocked: true,
  },
])("an old gap blocks where what is asked for changes: $name", async ({ before, after, blocked }) => {
  expect(blocking(await judged(before, after))).toHaveLength(blocked ? 1 : 0);
});

test("encrypted values that were there before are an old gap, and those of a Secret are none", async () => {
  const files = { "web/config.yaml": encrypted("ConfigMap"), "web/secret.yaml": encrypted("Secret") };
  const report = await judged(files, { "web/pod.yaml": pod() });
  expect(report.gaps).toEqual([expect.not.objectContaining({ touched: true })]);
  expect(report.gaps[0]).toMatchObject({ source: "web/config.yaml", path: "web/config.yaml", line: 1 });
  expect(blocking(report)).toEqual([]);
});
