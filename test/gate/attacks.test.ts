import { afterAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import { createDangers } from "../../src/gate/dangers/create-dangers.ts";
import type { Config } from "../../src/model/config.ts";
import type { Report } from "../../src/model/report.ts";
import { projectPolicy } from "../../src/render/argocd/project-violation.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import {
  application,
  applicationSet,
  bad,
  chart,
  component,
  configMap,
  flux,
  gitRepository,
  here,
  kustomization,
  pod,
  release,
  repaired,
} from "./attack-files.ts";
import { simpleJudge } from "./simple-judge.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

type Files = { readonly [path: string]: MemoryFile };

async function judged(before: Files, after: Files, config: Partial<Config> = {}): Promise<Report> {
  const used = { ...defaultConfig, ...config };
  return check({
    renderer,
    repositories: [here],
    branches: ["main"],
    before: memoryTree(before, "before"),
    after: memoryTree(after, "after"),
    config: used,
    judge: simpleJudge(),
    builtins: [createDangers(used), { policies: [projectPolicy], digest: "projects" }],
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", before: "before", how: "test merge" },
  });
}

/** What is introduced: findings as policy and object, problems as their messages. */
function introduced({ findings, problems }: Report): readonly string[] {
  return [
    ...findings
      .filter(({ status }) => status === "introduced")
      .map(({ policy, manifest }) => `${policy} ${manifest.name}`),
    ...problems.filter(({ status }) => status === "introduced").map(({ path, message }) => `${path}: ${message}`),
  ];
}

interface Attack {
  /** The kind of attack, by the name that docs/threat-model.md has for it. */
  readonly kind: string;
  readonly name: string;
  readonly before: Files;
  /** Laid over `before`; undefined removes a file. */
  readonly after: { readonly [path: string]: MemoryFile | undefined };
  readonly told: string;
}

const root = { "k/kustomization.yaml": kustomization("resources: [pod.yaml]"), "k/pod.yaml": pod() };
const fleet = { "flux/source.yaml": gitRepository };
const remote = "'https://github.com/acme/base//x?ref=v1'";

const policyOf = (peer: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: deny, namespace: web, labels: { owner: me } }\nspec: { podSelector: {}, policyTypes: [Ingress], ingress: ${peer} }\n`;

/** Flux Kustomizations of which each hands the value of the one before it to the next, the last one to a Pod. */
const handedOn = (length: number): Files => {
  const from = (name: string): string => `postBuild: { substituteFrom: [{ kind: ConfigMap, name: ${name} }] }`;
  const links = Array.from({ length }, (_, index): Files => ({
    [`flux/${length - index}.yaml`]: flux(`./links/${index}`, { name: `link-${index}`, more: from(`value-${index}`) }),
    [`links/${index}/map.yaml`]: configMap('{ tag: "${tag}" }', { name: `value-${index + 1}` }),
  }));
  const last = {
    "flux/web.yaml": flux("./web", { more: from(`value-${length}`) }),
    "web/pod.yaml": pod('"nginx:${tag}"'),
  };
  return Object.assign({ ...fleet, ...last }, ...links) as Files;
};

const attacks: readonly Attack[] = [
  {
    kind: "a stale answer",
    name: "a value that ten Kustomizations hand on",
    before: { ...handedOn(10), "value.yaml": configMap("{ tag: '1' }", { name: "value-0" }) },
    after: { "value.yaml": configMap("{ tag: latest }", { name: "value-0" }) },
    told: "images/tag a",
  },
  {
    kind: "content from elsewhere",
    name: "an ApplicationSet that turns to the directories of another repository",
    before: { "argo/set.yaml": applicationSet("{ name: web, path: k }"), ...root },
    after: {
      "argo/set.yaml": applicationSet("").replace(
        "{ list: { elements: [] } }",
        "{ git: { repoURL: https://github.com/acme/other, revision: main, directories: [{ path: '*' }] } }",
      ),
    },
    told: "not generated: it reads another repository",
  },
  {
    kind: "a wrapper",
    name: "a chart that a new HelmRelease renders with values that repair it",
    before: { ...fleet, ...chart("chart") },
    after: { ...chart("chart", "latest"), "docs/release.yaml": release("{ tag: '1' }") },
    told: "images/tag a",
  },
  {
    kind: "a wrapper",
    name: "a base that a new root loads with a component that repairs it",
    before: root,
    after: {
      "k/pod.yaml": bad,
      "fix/kustomization.yaml": component(repaired),
      "top/kustomization.yaml": kustomization("resources: [../k]\ncomponents: [../fix]"),
    },
    told: "images/tag a",
  },
  {
    kind: "a wrapper",
    name: "plain files that a new Flux Kustomization renders with a patch",
    before: { ...fleet, "web/pod.yaml": pod() },
    after: { "web/pod.yaml": bad, "docs/web.yaml": flux("./web", { more: repaired }) },
    told: "images/tag a",
  },
  {
    kind: "a changed role",
    name: "a plain file that becomes the values of a chart beside it",
    before: { "web/values.yaml": pod() },
    after: { "web/values.yaml": bad, "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n" },
    told: "images/tag a",
  },
  {
    kind: "a changed role",
    name: "a plain file that is renamed and becomes a patch at once",
    before: { "web/pod.yaml": pod(), "web/base.yaml": pod("nginx:1", "b") },
    after: {
      "web/pod.yaml": undefined,
      "web/other.yaml": bad,
      "web/kustomization.yaml": kustomization(
        "resources: [base.yaml]\npatches: [{ path: other.yaml, target: { name: b } }]",
      ),
    },
    told: "images/tag b",
  },
  {
    kind: "a changed role",
    name: "a file of an Application's directory that a link replaces",
    before: { "argo/web.yaml": application("web"), "web/pod.yaml": pod() },
    after: { "web/pod.yaml": { symlink: "../docs/pod.txt" }, "docs/pod.txt": bad },
    told: "images/tag a",
  },
  {
    kind: "a removed source",
    name: "an element of an ApplicationSet, its directory loaded by a root that repairs it",
    before: {
      "argo/set.yaml": applicationSet("{ name: web, path: k }, { name: b, path: b }"),
      ...root,
      "b/b.yaml": pod("nginx:1", "b"),
    },
    after: {
      "argo/set.yaml": applicationSet("{ name: b, path: b }"),
      "k/pod.yaml": bad,
      "top/kustomization.yaml": kustomization(`resources: [../k]\n${repaired}`),
    },
    told: "images/tag a",
  },
  {
    kind: "a removed source",
    name: "a HelmRelease, its chart rendered by an Application that repairs it",
    before: { ...fleet, ...chart("chart"), "flux/release.yaml": release("{}") },
    after: {
      ...chart("chart", "latest"),
      "flux/release.yaml": undefined,
      "docs/app.yaml": application("chart", { more: ", helm: { parameters: [{ name: tag, value: '1' }] }" }),
    },
    told: "images/tag a",
  },
  {
    kind: "a removed source",
    name: "the file of an object, out of the kustomization that loads it",
    before: {
      "argo/apps.yaml": application("apps", { name: "apps" }),
      "apps/kustomization.yaml": kustomization("resources: [web.yaml, other.yaml]"),
      "apps/web.yaml": application("k"),
      "apps/other.yaml": configMap("{}"),
      ...root,
    },
    after: {
      "apps/kustomization.yaml": kustomization("resources: [other.yaml]"),
      "k/pod.yaml": bad,
      "k/Kustomization": kustomization("resources: []"),
    },
    told: "images/tag a",
  },
  {
    kind: "another spelling",
    name: "a Flux Kustomization whose group is escaped",
    before: { ...fleet, ...root },
    after: {
      "flux/web.yaml": flux("./k", { more: "images: [{ name: nginx, newTag: latest }]" }).replace(
        "kustomize.toolkit.fluxcd.io/v1",
        String.raw`"kustomize.toolkit.flu\x78cd.io/v1"`,
      ),
    },
    told: "images/tag a",
  },
  {
    kind: "another spelling",
    name: "an Application in a list within a list",
    before: root,
    after: {
      "argo/list.json": JSON.stringify({
        apiVersion: "v1",
        kind: "List",
        items: [
          {
            apiVersion: "v1",
            kind: "List",
            items: [
              {
                apiVersion: "argoproj.io/v1alpha1",
                kind: "Application",
                metadata: { name: "web", namespace: "argocd", labels: { owner: "me" } },
                spec: {
                  project: "default",
                  destination: { server: "https://kubernetes.default.svc", namespace: "web" },
                  source: { repoURL: here, path: "k", kustomize: { images: ["nginx:latest"] } },
                },
              },
            ],
          },
        ],
      }),
    },
    told: "images/tag a",
  },
  {
    kind: "another spelling",
    name: "an object of an Application that a chart renders from values",
    before: {
      ...root,
      "apps/Chart.yaml": "apiVersion: v2\nname: apps\nversion: 1.0.0\n",
      "apps/values.yaml": "group: none\n",
    },
    after: {
      "apps/values.yaml": `group: "argo\\x70roj.io"\n`,
      "apps/templates/app.yaml": application("k", { more: ", kustomize: { images: ['nginx:latest'] }" }).replace(
        "argoproj.io",
        "{{ .Values.group }}",
      ),
    },
    told: "images/tag a",
  },
  {
    kind: "entry points",
    name: "a new root that an overlay beside it repairs, and an Application applies",
    before: { "x.yaml": pod("nginx:1", "x") },
    after: {
      "new/pod.yaml": bad,
      "new/kustomization.yaml": kustomization("resources: [pod.yaml]"),
      "top/kustomization.yaml": kustomization(`resources: [../new]\n${repaired}`),
      "argo/new.yaml": application("new"),
    },
    told: "images/tag a",
  },
  {
    kind: "entry points",
    name: "a new overlay beside one that repairs the base",
    before: { ...root, "k/pod.yaml": bad, "one/kustomization.yaml": kustomization(`resources: [../k]\n${repaired}`) },
    after: { "two/kustomization.yaml": kustomization("resources: [../k]") },
    told: "images/tag a",
  },
  {
    kind: "entry points",
    name: "a manifest in the chart of a new HelmRelease, which Helm ignores",
    before: fleet,
    after: {
      ...chart("chart"),
      "flux/release.yaml": release("{}"),
      "chart/.helmignore": "/extra\n",
      "chart/extra/pod.yaml": bad,
    },
    told: "images/tag a",
  },
  {
    kind: "arrival",
    name: "a file of which another one with its name and kind arrives",
    before: { "x.yaml": pod("nginx:1", "x") },
    after: {
      "new/kustomization.yaml": kustomization(
        "resources: [good.yaml]\npatches: [{ path: pod.yaml, target: { name: none } }]",
      ),
      "new/good.yaml": pod(),
      "new/pod.yaml": bad,
    },
    told: "images/tag a",
  },
  {
    kind: "arrival",
    name: "a file that its Application reads as it is, whatever a kustomization makes of it",
    before: {
      "web/pod.yaml": pod(),
      "argo/web.yaml": application("web", { more: ", directory: { recurse: true }" }),
    },
    after: { "web/pod.yaml": bad, "web/Kustomization": kustomization(`resources: [pod.yaml]\n${repaired}`) },
    told: "images/tag a",
  },
  {
    kind: "arrival",
    name: "a file that the Application of its directory excludes",
    before: { "argo/web.yaml": application("web"), "web/pod.yaml": pod() },
    after: { "argo/web.yaml": application("web", { more: ", directory: { exclude: pod.yaml }" }), "web/pod.yaml": bad },
    told: "images/tag a",
  },
  {
    kind: "a source that stops rendering",
    name: "a template that fails",
    before: { "argo/web.yaml": application("chart"), ...chart("chart", "latest") },
    after: { "chart/templates/b.yaml": "{{ fail `no` }}\n" },
    told: "chart/templates/b.yaml: ",
  },
  {
    kind: "a source that stops rendering",
    name: "a Flux Kustomization whose root loads what is not there",
    before: { ...fleet, "flux/web.yaml": flux("./k"), ...root, "k/pod.yaml": bad },
    after: { "k/kustomization.yaml": kustomization("resources: [pod.yaml, gone.yaml]") },
    told: "k/kustomization.yaml: ",
  },
  {
    kind: "a source that stops rendering",
    name: "a root below one that fails already, whose own patch gets worse",
    before: { ...root, "top/kustomization.yaml": kustomization(`resources: [../k, ${remote}]`) },
    after: {
      "k/kustomization.yaml": kustomization("resources: [pod.yaml]\nimages: [{ name: nginx, newTag: latest }]"),
    },
    told: "images/tag a",
  },
  {
    kind: "content from elsewhere",
    name: "a ResourceSet",
    before: root,
    after: {
      "flux/set.yaml":
        "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: { name: x, namespace: web, labels: { owner: me } }\nspec: { inputs: [{ a: b }], resources: [] }\n",
    },
    told: "ResourceSet web/x is not",
  },
  {
    kind: "content from elsewhere",
    name: "a HelmRelease of a chart that only a registry has",
    before: { ...fleet, ...chart("chart"), "flux/release.yaml": release("{}") },
    after: {
      "flux/repository.yaml":
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: { name: charts, namespace: flux-system, labels: { owner: me } }\nspec: { url: https://charts.example.com }\n",
      "flux/release.yaml": release("{}", "web, version: 1.0.0").replace(
        "GitRepository, name: fleet",
        "HelmRepository, name: charts",
      ),
    },
    told: "chart web 1.0.0 of https://charts.example.com is only in a registry",
  },
  {
    kind: "content from elsewhere",
    name: "a second source of an Application, in another repository",
    before: { "argo/web.yaml": application("k"), ...root },
    after: {
      "argo/web.yaml": application("k").replace(
        / {2}source: (.*)/,
        "  sources: [$1, { repoURL: https://github.com/acme/other, path: x }]",
      ),
    },
    told: "Application argocd/web is not",
  },
  {
    kind: "references",
    name: "variables of one of two ConfigMaps that differ",
    before: {
      ...fleet,
      "flux/web.yaml": flux("./web", { more: "postBuild: { substituteFrom: [{ kind: ConfigMap, name: settings }] }" }),
      "flux/settings.yaml": configMap("{ tag: '1' }"),
      "web/pod.yaml": pod('"nginx:${tag}"'),
    },
    after: { "flux/more.yaml": configMap("{ tag: latest }") },
    told: "Kustomization flux-system/web",
  },
  {
    kind: "references",
    name: "a second GitRepository of that name, of another repository",
    before: { ...fleet, "flux/web.yaml": flux("./k"), ...root },
    after: { "flux/more.yaml": gitRepository.replace("acme/gitops", "mallory/gitops") },
    told: "Kustomization flux-system/web",
  },
  {
    kind: "references",
    name: "an AppProject that the change loosens",
    before: {
      "argo/project.yaml":
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: team, namespace: argocd, labels: { owner: me } }\nspec: { sourceRepos: ['*'], destinations: [{ server: 'https://kubernetes.default.svc', namespace: team }] }\n",
      "argo/web.yaml": application("k")
        .replace("project: default", "project: team")
        .replace("namespace: web }", "namespace: team }"),
      ...root,
      "k/pod.yaml": pod().replace("namespace: web, ", ""),
    },
    after: {
      "argo/project.yaml":
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: team, namespace: argocd, labels: { owner: me } }\nspec: { sourceRepos: ['*'], destinations: [{ server: 'https://kubernetes.default.svc', namespace: '*' }] }\n",
      "argo/web.yaml": application("k")
        .replace("project: default", "project: team")
        .replace("namespace: web }", "namespace: kube-system }"),
    },
    told: "argocd/project web",
  },
  {
    kind: "an old problem as cover",
    name: "a chart that lacks a dependency gets other values",
    before: {
      ...chart("chart"),
      "chart/Chart.yaml":
        "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{ name: db, version: 1.0.0, repository: 'https://charts.example.com' }]\n",
    },
    after: { "chart/values.yaml": "tag: latest\n" },
    told: "the chart depends on db",
  },
  {
    kind: "an old problem as cover",
    name: "a Flux Kustomization of another repository gets another path",
    before: { "flux/source.yaml": gitRepository.replace("acme/gitops", "acme/other"), "flux/web.yaml": flux("./k") },
    after: { "flux/web.yaml": flux("./worse") },
    told: "Kustomization flux-system/web is not",
  },
  {
    kind: "an old problem as cover",
    name: "a file that cannot be read gets other content",
    before: { "web/pod.yaml": "a: [\n" },
    after: { "web/pod.yaml": `a: [\n---\n${bad}` },
    told: "web/pod.yaml: ",
  },
  {
    kind: "exposure",
    name: "a base that violates, by a new root",
    before: { "examples/pod.yaml": bad },
    after: { "prod/kustomization.yaml": kustomization("resources: [pod.yaml]"), "prod/pod.yaml": bad },
    told: "images/tag a",
  },
  {
    kind: "exposure",
    name: "a chart of an example, by a HelmRelease",
    before: { ...fleet, ...chart("chart", "latest") },
    after: { "flux/release.yaml": release("{}") },
    told: "images/tag a",
  },
  {
    kind: "exposure",
    name: "a directory of examples, by an element of an ApplicationSet",
    before: {
      "argo/set.yaml": applicationSet("{ name: k, path: k }"),
      ...root,
      "examples/pod.yaml": bad.replace("name: a", "name: b"),
    },
    after: { "argo/set.yaml": applicationSet("{ name: k, path: k }, { name: e, path: examples }") },
    told: "images/tag b",
  },
  {
    kind: "guardrails",
    name: "a NetworkPolicy of a chart that a value turns off",
    before: {
      ...fleet,
      ...chart("chart"),
      "flux/release.yaml": release("{}"),
      "chart/values.yaml": "tag: '1'\nguarded: true\n",
      "chart/templates/policy.yaml": `{{- if .Values.guarded }}\n${policyOf("[]")}{{- end }}\n`,
    },
    after: { "chart/values.yaml": "tag: '1'\nguarded: false\n" },
    told: "changes/guardrail deny",
  },
  {
    kind: "guardrails",
    name: "a NetworkPolicy that a patch of an overlay opens",
    before: {
      ...root,
      "k/policy.yaml": policyOf("[]"),
      "k/kustomization.yaml": kustomization("resources: [pod.yaml, policy.yaml]"),
    },
    after: {
      "k/kustomization.yaml": kustomization(
        "resources: [pod.yaml, policy.yaml]\npatches: [{ target: { kind: NetworkPolicy }, patch: '- { op: replace, path: /spec/ingress, value: [{}] }' }]",
      ),
    },
    told: "changes/guardrail deny",
  },
  {
    kind: "guardrails",
    name: "the labels of Pod Security that a Flux Kustomization's file loses",
    before: {
      ...fleet,
      "flux/web.yaml": flux("./web"),
      "web/namespace.yaml":
        "apiVersion: v1\nkind: Namespace\nmetadata: { name: web, labels: { owner: me, pod-security.kubernetes.io/enforce: restricted } }\n",
    },
    after: {
      "web/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: { name: web, labels: { owner: me } }\n",
    },
    told: "changes/guardrail web",
  },
];

test.each(attacks)("$kind: $name", async ({ before, after, told }) => {
  const head = Object.fromEntries(
    Object.entries({ ...before, ...after }).filter((entry): entry is [string, MemoryFile] => entry[1] !== undefined),
  );
  const report = await judged(before, head);
  expect(introduced(report).filter((line) => line.includes(told))).not.toEqual([]);
  expect(report.verdict).not.toBe("pass");
});
