import {
  application,
  applicationSet,
  bad,
  chart,
  component,
  configMap,
  flux,
  gitRepository,
  kustomization,
  pod,
  release,
  repaired,
} from "./attack-files.ts";
import { here } from "./change-judge.ts";
import { testAttacks } from "./test-attacks.ts";

const root = { "k/kustomization.yaml": kustomization("resources: [pod.yaml]"), "k/pod.yaml": pod() };
const fleet = { "flux/source.yaml": gitRepository };
const remote = "'https://github.com/acme/base//x?ref=v1'";

testAttacks([
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
]);
