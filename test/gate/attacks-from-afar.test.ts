import {
  application,
  applicationSet,
  bad,
  chart,
  configMap,
  flux,
  gitRepository,
  kustomization,
  pod,
  release,
} from "./attack-files.ts";
import type { Files } from "./change-judge.ts";
import { testAttacks } from "./test-attacks.ts";

const root = { "k/kustomization.yaml": kustomization("resources: [pod.yaml]"), "k/pod.yaml": pod() };
const fleet = { "flux/source.yaml": gitRepository };
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

testAttacks([
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
    kind: "content from elsewhere",
    name: "a ResourceSet with inputs that only the cluster has",
    before: root,
    after: {
      "flux/set.yaml":
        "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: { name: x, namespace: web, labels: { owner: me } }\nspec: { inputsFrom: [{ name: tenants }], resources: [] }\n",
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
]);
