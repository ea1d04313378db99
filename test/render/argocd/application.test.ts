import { expect, test } from "@jest/globals";
import { readValues } from "../../../src/render/argocd/read-values.ts";
import type { Step } from "../../../src/render/plan.ts";
import { planFile, type PlanOptions } from "./plan-files.ts";

const application = (source: string, more = ""): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec:
  project: default
  destination: { server: "https://kubernetes.default.svc", namespace: shop }
${more}${source.replaceAll(/^/gm, "  ")}
`;

const url = "https://git.example/acme/deploy";
const source = (rest: string): string => `source:\n  repoURL: ${url}\n${rest.replaceAll(/^/gm, "  ")}`;
const tree = {
  "plain/web.yaml": "a: 1",
  "plain/deep/more.yaml": "a: 1",
  "root/kustomization.yaml": "resources: [web.yaml]\nimages:\n- { name: nginx, newTag: '1' }\n",
  "root/web.yaml": "a: 1",
  "root/part/kustomization.yaml": "kind: Component",
  "chart/Chart.yaml": "name: web",
  "chart/values-prod.yaml": "a: 1",
  "chart/env/a.yaml": "a: 1",
  "chart/env/b.yaml": "a: 2",
  "values/shared.yaml": "a: 1",
};

async function stepOf(
  text: string,
  options: PlanOptions = {},
  files: { [path: string]: string } = tree,
): Promise<Step> {
  const { plans, problems } = await planFile("app.yaml", { ...files, "app.yaml": text }, options);
  expect(problems).toEqual([]);
  const step = plans[0]?.steps[0];
  expect(step).toBeDefined();
  return step!;
}

const finish = { defaultNamespace: "shop" };

test.each<[string, string, object]>([
  [
    "a directory without a tool's file is read as it stands",
    "path: plain",
    { kind: "directory", path: "plain", recurse: false, finish },
  ],
  [
    "a directory with its options",
    "path: ./plain/\ndirectory: { recurse: true, include: '*.yaml', exclude: '{deep/*,x}' }",
    { kind: "directory", path: "plain", recurse: true, include: "*.yaml", exclude: "{deep/*,x}", finish },
  ],
  ["the root of the repository", "path: .", { kind: "directory", path: "", recurse: false, finish }],
  ["a directory with a kustomization is a Kustomize root", "path: root", { kind: "kustomize", path: "root", finish }],
  [
    "options that say nothing leave the tool to detection",
    "path: root\ndirectory: { recurse: false }",
    { kind: "kustomize", path: "root", finish },
  ],
  [
    "options of another tool win over what the directory holds",
    "path: root\ndirectory: { recurse: true }",
    { kind: "directory", path: "root", recurse: true, finish },
  ],
  [
    "a directory with a Chart.yaml is a chart, with its CRDs",
    "path: chart",
    {
      kind: "helm",
      chart: { kind: "path", path: "chart" },
      releaseName: "web",
      namespace: "shop",
      values: [],
      includeCrds: true,
      isPrinted: true,
      finish,
    },
  ],
  [
    "a chart of a registry",
    "chart: redis\ntargetRevision: 1.2.3\nhelm: { releaseName: cache, skipCrds: true, kubeVersion: 1.33.0, apiVersions: [a/v1], skipTests: true }",
    {
      kind: "helm",
      chart: {
        kind: "registry",
        repository: url,
        name: "redis",
        version: "1.2.3",
        rules: "argocd",
        at: { path: "app.yaml", line: 10, pointer: "/spec/source/targetRevision" },
      },
      releaseName: "cache",
      namespace: "shop",
      values: [],
      includeCrds: false,
      kubeVersion: "1.33.0",
      apiVersions: ["a/v1"],
      isPrinted: true,
      finish,
    },
  ],
])("%s", async (_, rest, expected) => {
  expect(await stepOf(application(source(rest)))).toEqual(expected);
});

test("values come from files in their order, then inline; parameters after them, with commas escaped", async () => {
  const step = await stepOf(
    application(
      source(`path: chart
helm:
  namespace: other
  valueFiles: [values-prod.yaml, env/*.yaml, /values/shared.yaml, missing.yaml]
  ignoreMissingValueFiles: true
  values: |
    image:
      tag: "2"
  parameters:
  - { name: a, value: "1,2" }
  - { name: list, value: "{1,2}" }
  - { name: b, value: $ARGOCD_APP_NAME-x, forceString: true }
  fileParameters:
  - { name: c, path: values-prod.yaml }
`),
    ),
  );
  expect(step).toMatchObject({
    namespace: "other",
    values: [
      { kind: "file", path: "chart/values-prod.yaml" },
      { kind: "file", path: "chart/env/a.yaml" },
      { kind: "file", path: "chart/env/b.yaml" },
      { kind: "file", path: "values/shared.yaml" },
      {
        kind: "inline",
        value: { image: { tag: "2" } },
        path: "app.yaml",
        line: 14,
        pointer: "/spec/source/helm/values",
      },
    ],
    set: [
      { as: "value", name: "a", value: "1\\,2", at: { path: "app.yaml", line: 18 } },
      { as: "value", name: "list", value: "{1,2}" },
      { as: "string", name: "b", value: "web-x" },
      { as: "file", name: "c", value: "a: 1" },
    ],
  });
});

test("a file that a glob finds and that is named outright counts where it is named", async () => {
  const step = await stepOf(
    application(source("path: chart\nhelm: { valueFiles: ['env/*.yaml', env/a.yaml, env/a.yaml] }")),
  );
  expect(step).toMatchObject({ values: [{ path: "chart/env/b.yaml" }, { path: "chart/env/a.yaml" }] });
});

test("valuesObject hides values", async () => {
  const step = await stepOf(application(source("path: chart\nhelm: { values: 'a: 1', valuesObject: { b: 2 } }")));
  expect(step).toMatchObject({ values: [{ value: { b: 2 }, pointer: "/spec/source/helm/valuesObject" }] });
});

test("a chart of a registry takes values of a source with ref", async () => {
  const text = application(`sources:
- { repoURL: https://charts.example, chart: redis, targetRevision: 1.2.3, helm: { valueFiles: [$config/values/shared.yaml] } }
- { repoURL: ${url}, ref: config }
- { repoURL: ${url}, path: plain }`);
  const { plans, problems } = await planFile("app.yaml", { ...tree, "app.yaml": text }, { repositories: [url] });
  expect(problems).toEqual([]);
  expect(plans[0]?.steps).toMatchObject([
    { kind: "helm", values: [{ kind: "file", path: "values/shared.yaml" }] },
    { kind: "directory", path: "plain" },
  ]);
});

const yaml = (bytes: Uint8Array | undefined): unknown => {
  const reading = readValues("kustomization.yaml", bytes ?? new Uint8Array());
  return reading.kind === "object" ? reading.value : reading;
};

test("Kustomize options edit the kustomization as kustomize edit would", async () => {
  const step = await stepOf(
    application(
      source(`path: root
kustomize:
  namePrefix: a-
  nameSuffix: -z
  namespace: other
  images: ["nginx:2", "old=registry:5000/new@sha256:0123", "$ARGOCD_APP_NAME:1"]
  replicas: [{ name: web, count: 3 }, { name: api, count: "2" }]
  commonLabels: { team: "\${ARGOCD_APP_NAME}-team" }
  labelWithoutSelector: true
  labelIncludeTemplates: true
  commonAnnotations: { note: $ARGOCD_APP_NAME }
  patches: [{ path: p.yaml, target: { kind: Deployment } }]
  components: [part, missing]
  ignoreMissingComponents: true
`),
    ),
  );
  expect(step.kind).toBe("kustomize");
  const bytes = step.kind === "kustomize" ? step.overrides?.get("root/kustomization.yaml") : undefined;
  expect(yaml(bytes)).toEqual({
    resources: ["web.yaml"],
    namePrefix: "a-",
    nameSuffix: "-z",
    namespace: "other",
    images: [
      { name: "nginx", newTag: "2" },
      { name: "old", newName: "registry:5000/new", digest: "sha256:0123" },
      { name: "web", newTag: "1" },
    ],
    replicas: [
      { name: "api", count: 2 },
      { name: "web", count: 3 },
    ],
    labels: [{ pairs: { team: "web-team" }, includeTemplates: true }],
    commonAnnotations: { note: "$ARGOCD_APP_NAME" },
    patches: [{ path: "p.yaml", target: { kind: "Deployment" } }],
    components: ["part"],
  });
});

test("what Image Updater writes beside a kustomization counts, but cannot move the source", async () => {
  const files = {
    ...tree,
    "root/.argocd-source.yaml": "kustomize: { images: ['nginx:3'] }\n",
    "root/.argocd-source-web.yaml": "path: elsewhere\nkustomize: { images: ['nginx:4'] }\n",
    "root/.argocd-source-other.yaml": "kustomize: { images: ['nginx:5'] }\n",
  };
  const step = await stepOf(application(source("path: root")), {}, files);
  const bytes = step.kind === "kustomize" ? step.overrides?.get("root/kustomization.yaml") : undefined;
  expect(step).toMatchObject({ kind: "kustomize", path: "root" });
  const { plans } = await planFile("app.yaml", { ...files, "app.yaml": application(source("path: root")) });
  expect(plans[0]?.reads).toEqual([
    "root/.argocd-source-web.yaml",
    "root/.argocd-source.yaml",
    "root/kustomization.yaml",
  ]);
  expect(yaml(bytes)).toMatchObject({ images: [{ name: "nginx", newTag: "4" }] });
});

test("a line that an option asks for leads to the option, every other keeps its place", async () => {
  const files = {
    ...tree,
    "root/kustomization.yaml":
      "resources: [web.yaml]\nimages:\n- { name: redis, newTag: '7' }\n- { name: nginx, newTag: '1' }\nnameSuffix: -x\n",
    "root/.argocd-source-web.yaml": "kustomize:\n  images:\n  - nginx:4\n",
  };
  const step = await stepOf(application(source("path: root\nkustomize: { commonAnnotations: { a: b } }")), {}, files);
  const text = step.kind === "kustomize" ? step.overrides?.get("root/kustomization.yaml") : undefined;
  const lines = new TextDecoder().decode(text).split("\n");
  expect(lines[0]).toBe("resources: [web.yaml]");
  expect(lines[4]).toBe("nameSuffix: -x");
  const at = (text: string) =>
    step.kind === "kustomize" ? step.writtenAt?.("root/kustomization.yaml", lines.indexOf(text) + 1) : undefined;
  expect(await at("nameSuffix: -x")).toEqual({ path: "root/kustomization.yaml", line: 5 });
  expect(await at("images:")).toEqual({ path: "root/kustomization.yaml", line: 2 });
  expect(await at('- {"name":"nginx","newTag":"4"}')).toEqual({ path: "root/.argocd-source-web.yaml", line: 3 });
  expect(await at('- {"name":"redis","newTag":"7"}')).toEqual({ path: "root/kustomization.yaml", line: 3 });
  expect(await at('  "a": "b"')).toEqual({ path: "app.yaml", line: 10 });
});

test("values and parameters of an override file lead there, and what Image Updater writes is understood", async () => {
  const files = {
    ...tree,
    "chart/.argocd-source-web.yaml": "helm:\n  parameters:\n  - name: tag\n    value: '1.5'\n    forcestring: true\n",
  };
  const step = await stepOf(application(source("path: chart\nhelm: { values: 'a: 1' }")), {}, files);
  expect(step).toMatchObject({
    values: [{ kind: "inline", path: "app.yaml" }],
    set: [{ as: "string", name: "tag", value: "1.5", at: { path: "chart/.argocd-source-web.yaml", line: 3 } }],
  });
});

test("the dry source is rendered where a hydrator stands between", async () => {
  const text = application(`sourceHydrator:
  drySource: { repoURL: ${url}, path: root, targetRevision: HEAD }
  syncSource: { targetBranch: environments/prod, path: web }`);
  expect(await stepOf(text)).toMatchObject({ kind: "kustomize", path: "root" });
});

test("the source tells people how Argo CD treats it", async () => {
  const text = application(
    source("path: plain"),
    `  syncPolicy: { automated: { prune: true }, syncOptions: [CreateNamespace=true] }\n`,
  ).replace("namespace: argocd }", "namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io] }");
  const { plans } = await planFile("app.yaml", { ...tree, "app.yaml": text });
  expect(plans[0]?.source).toEqual({
    id: "Application argocd/web",
    kind: "argocd-application",
    path: "app.yaml",
    line: 1,
    environments: [],
    traits: { automated: true, prune: true, cascades: true, syncOptions: ["CreateNamespace=true"] },
  });
});

test.each([
  ["automated: {}", { automated: true, prune: false }],
  ["automated: { enabled: false, prune: true }", { automated: false, prune: false }],
  ["automated: { prune: true }, syncOptions: ['Prune=false']", { automated: true, prune: false }],
  ["retry: {}", { automated: false, prune: false }],
])("syncPolicy %s", async (policy, expected) => {
  const text = application(source("path: plain"), `  syncPolicy: { ${policy} }\n`);
  const { plans } = await planFile("app.yaml", { ...tree, "app.yaml": text });
  expect(plans[0]?.source.traits).toMatchObject(expected);
});

test("environments come of the destination, as the configuration names it", async () => {
  const text = application(source("path: plain")).replace('server: "https://kubernetes.default.svc"', "name: prod-eu");
  const production = { paths: [], clusters: ["https://10.0.0.1"], levels: {}, parameters: {} };
  const config = {
    environments: { production },
    clusters: [{ name: "prod-eu", server: "https://10.0.0.1", labels: {}, annotations: {} }],
  };
  const { plans } = await planFile("app.yaml", { ...tree, "app.yaml": text }, { config });
  expect(plans[0]?.source.environments).toEqual(["production"]);
});

test.each<[string, string, string, number]>([
  [
    "a path that leads out",
    "path: ../../etc",
    "path ../../etc leads out of the repository; expected a directory relative to the root",
    9,
  ],
  ["an absolute path", "path: /etc", "path /etc is absolute; expected a directory relative to the root", 9],
  ["a path that is not there", "path: gone", "path gone does not exist in this tree; expected a directory", 9],
  ["a path that is a file", "path: plain/web.yaml", "path plain/web.yaml is a file; expected a directory", 9],
  ["no path", "targetRevision: HEAD", "a source needs path or chart", 7],
  [
    "two tools",
    "path: root\nhelm: { releaseName: a }\nkustomize: { namePrefix: a }",
    "a source must use one tool, not kustomize, helm",
    7,
  ],
  [
    "a values file that is not there",
    "path: chart\nhelm:\n  valueFiles:\n  - gone.yaml",
    "file chart/gone.yaml is not in this tree",
    12,
  ],
  [
    "a values file that leads out",
    "path: chart\nhelm:\n  valueFiles:\n  - ../../../etc/passwd",
    "value file ../../../etc/passwd leads out of the repository",
    12,
  ],
  [
    "a glob without a match",
    "path: chart\nhelm:\n  valueFiles:\n  - env/x*.yaml",
    "no file in this tree matches env/x*.yaml",
    12,
  ],
  [
    "values that are no object",
    "path: chart\nhelm:\n  values: |\n    - a",
    "values cannot be read: line 1: must be an object",
    11,
  ],
  [
    "an image without tag",
    "path: root\nkustomize:\n  images: [nginx]",
    'image "nginx" has none of the forms name:tag, name=new-name:tag and name@digest',
    11,
  ],
  [
    "a missing component",
    "path: root\nkustomize:\n  components: [gone]",
    "component gone is not a directory in this tree",
    11,
  ],
  ["a wrong type", "path: root\nkustomize: [a]", "/spec/source/kustomize must be an object", 10],
  ["a chart without version", "chart: redis", "a chart needs targetRevision", 7],
])("%s is a problem at its line", async (_, rest, message, line) => {
  const text = application(source(rest));
  const { plans, problems } = await planFile("app.yaml", { ...tree, "app.yaml": text }, { repositories: [url] });
  expect(problems).toEqual([
    { stage: "render", path: "app.yaml", line, message: `Application argocd/web: ${message}` },
  ]);
  expect(plans.map(({ steps }) => steps)).toEqual([[]]);
});

test.each<[string, string, string, number]>([
  ["a plugin", "path: plain\nplugin: { name: tanka }", "not rendered: it needs the config management plugin tanka", 10],
  [
    "values behind a URL",
    "path: chart\nhelm:\n  valueFiles: ['https://a.example/v.yaml']",
    "not rendered: its values https://a.example/v.yaml are only fetched when Argo CD syncs",
    11,
  ],
  [
    "a commit",
    "path: plain\ntargetRevision: 0123456789abcdef0123456789abcdef01234567",
    "pinned to 0123456789abcdef0123456789abcdef01234567, which this change does not update: the content of this tree is judged instead",
    10,
  ],
  [
    "another branch",
    "path: plain\ntargetRevision: refs/heads/dev-team",
    "follows refs/heads/dev-team, which is not the judged branch: the content of this tree is judged instead",
    10,
  ],
  [
    "a directory that another branch may have",
    "path: nowhere\ntargetRevision: dev-team",
    "not rendered: nowhere is not a directory in this tree, and it follows dev-team",
    10,
  ],
  [
    "the revision as a parameter",
    "path: chart\nhelm: { parameters: [{ name: a, value: $ARGOCD_APP_REVISION }] }",
    "uses $ARGOCD_APP_REVISION, the commit that Argo CD will sync: judged with zeros instead",
    7,
  ],
])("%s is a gap with its reason", async (_, rest, reason, line) => {
  const text = application(source(rest));
  const files = { ...tree, "app.yaml": text };
  const { plans, problems } = await planFile("app.yaml", files, { repositories: [url] });
  expect(problems).toEqual([]);
  expect(plans[0]?.gaps).toEqual([{ source: "Application argocd/web", path: "app.yaml", line, reason }]);
});

test.each([
  [
    "name and server",
    "{ name: a, server: b }",
    "the destination is given by name (a) and by server (b); expected one of them",
  ],
  ["nothing", "{ namespace: a }", "the destination needs name or server"],
])("a destination with %s is a problem", async (_, destination, message) => {
  const text = application(source("path: plain")).replace(/destination: \{.*\}/, `destination: ${destination}`);
  const { problems } = await planFile("app.yaml", { ...tree, "app.yaml": text });
  expect(problems).toEqual([
    { stage: "render", path: "app.yaml", line: 6, message: `Application argocd/web: ${message}` },
  ]);
});

test.each<[string, string, readonly string[], boolean]>([
  ["HEAD", "HEAD", ["release"], true],
  ["nothing", "''", ["release"], true],
  ["the branch that is judged", "release", ["release"], true],
  ["a usual name where the branch is known", "main", ["release"], false],
  ["a usual name where it is not", "main", [], true],
])("a source follows this tree by %s", async (_, revision, branches, isThis) => {
  const text = application(source(`path: plain\ntargetRevision: ${revision}`));
  const { plans } = await planFile("app.yaml", { ...tree, "app.yaml": text }, { repositories: [url], branches });
  expect(plans.flatMap(({ gaps }) => gaps)).toHaveLength(isThis ? 0 : 1);
});
