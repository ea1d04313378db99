import { expect, test } from "@jest/globals";
import type { Config } from "../../src/model/config.ts";
import { stateOf, type Files } from "./found-state.ts";

const environment = { paths: [], clusters: [], levels: {}, parameters: {} };

const template = `
apiVersion: v1
kind: ConfigMap
metadata: {name: seen}
data:
  version: {{ .Capabilities.KubeVersion.Version }}
  monitors: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor" | quote }}
`;

const chart: Files = {
  "chart/Chart.yaml": 'apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: "<1.36.0-0"\n',
  "chart/templates/c.yaml": template,
};

const crd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: servicemonitors.monitoring.coreos.com}
spec:
  group: monitoring.coreos.com
  names: {kind: ServiceMonitor, plural: servicemonitors}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true}]
`;

const application = `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://github.com/acme/gitops, path: chart}
  destination: {name: old, namespace: web}
`;

const repository = (namespace: string): string => `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repo, namespace: ${namespace}}
spec: {url: https://github.com/acme/gitops}
---
`;

const release = `${repository("web")}
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec: {chart: {spec: {chart: chart, sourceRef: {kind: GitRepository, name: repo}}}}
`;

/** A chart whose values decide whether it yields the CRD. */
const operator = (values: string): Files => ({
  "operator/Chart.yaml": "apiVersion: v2\nname: operator\nversion: 1.0.0\n",
  "operator/templates/crd.yaml": `{{- if .Values.crds }}\n${crd}{{- end }}\n`,
  "operator/values.yaml": values,
});

const operatorRelease = release
  .slice(repository("web").length)
  .replace("name: web", "name: operator")
  .replace("chart: chart,", "chart: operator,");

/** A Kustomize root that renders the chart. */
const rootWithChart = (more = ""): Files => ({
  "root/kustomization.yaml": `helmCharts: [{ name: web, releaseName: web${more} }]\nhelmGlobals: { chartHome: charts }\n`,
  "root/charts/web/values.yaml": "",
  ...Object.fromEntries(Object.entries(chart).map(([path, text]) => [`root/charts/web/${path.slice(6)}`, text])),
});

async function seen(files: Files, config: Partial<Config>) {
  const state = await stateOf({ ...("root/kustomization.yaml" in files ? {} : chart), ...files }, { config });
  const readings = await Promise.all(state.units.map((unit) => unit.render()));
  return readings
    .flatMap(({ manifests, problems }) => [...manifests.map(({ value }) => value["data"]), ...problems])
    .filter((one) => one !== undefined);
}

const oldest = { enabled: true, kubernetes: "1.31" };

test.each<[string, Files, Partial<Config>, ...{ readonly [key: string]: string }[]]>([
  [
    "an Application, by the version of its environment",
    { "app.yaml": application },
    { environments: { old: { ...environment, kubernetes: "1.30", apiVersions: [] } }, schemas: oldest },
    { version: "v1.30.0", monitors: "false" },
  ],
  [
    "a HelmRelease, by the version of schemas, with a CRD of the tree",
    { "clusters/old/all.yaml": release, "clusters/old/crd.yaml": crd },
    { schemas: oldest },
    { version: "v1.31.0", monitors: "true" },
  ],
  [
    "a chart by itself, without the CRD of another environment, and so either way",
    { "prod/crd.yaml": crd },
    { environments: { prod: { ...environment, paths: ["prod"] } }, schemas: oldest },
    { version: "v1.31.0", monitors: "false" },
    { version: "v1.31.0", monitors: "true" },
  ],
  [
    "a chart of a Kustomize root, either way",
    rootWithChart(),
    { schemas: oldest },
    { version: "v1.31.0", monitors: "false" },
    { version: "v1.31.0", monitors: "true" },
  ],
  [
    "a chart of a Kustomize root, with a CRD of the tree",
    { ...rootWithChart(), "crds/crd.yaml": crd },
    { schemas: oldest },
    { version: "v1.31.0", monitors: "true" },
  ],
  [
    "a chart of a Kustomize root, by what the kustomization tells it",
    rootWithChart(", kubeVersion: 1.29.0, apiVersions: [monitoring.coreos.com/v1/ServiceMonitor]"),
    { schemas: oldest },
    { version: "v1.29.0", monitors: "true" },
  ],
  [
    "a chart of an Application's Kustomize root, by its environment",
    { ...rootWithChart(), "app.yaml": application.replace("path: chart", "path: root") },
    { environments: { old: { ...environment, kubernetes: "1.30", apiVersions: [] } }, schemas: oldest },
    { version: "v1.30.0", monitors: "false" },
  ],
  [
    "a HelmRelease, with a CRD that another one yields",
    {
      ...operator("crds: true"),
      "clusters/old/all.yaml": `${release}---${operatorRelease}`,
    },
    { schemas: oldest },
    { version: "v1.31.0", monitors: "true" },
  ],
  [
    "a HelmRelease, without the CRD that another one could yield, and so either way",
    {
      ...operator("crds: false"),
      "clusters/old/all.yaml": `${release}---${operatorRelease}`,
    },
    { schemas: oldest },
    { version: "v1.31.0", monitors: "false" },
    { version: "v1.31.0", monitors: "true" },
  ],
  [
    "a HelmRelease, without the CRD that one of another cluster yields, and so either way",
    {
      ...operator("crds: true"),
      "clusters/old/all.yaml": release,
      "clusters/new/all.yaml": repository("web") + operatorRelease,
    },
    { schemas: oldest },
    { version: "v1.31.0", monitors: "false" },
    { version: "v1.31.0", monitors: "true" },
  ],
  [
    "a chart by itself, with a version that a Kustomize root makes a CRD serve",
    {
      "crds/crd.yaml": crd.replace("served: true", "served: false"),
      "crds/kustomization.yaml": `resources: [crd.yaml]
patches:
  - target: { kind: CustomResourceDefinition }
    patch: |-
      - { op: replace, path: /spec/versions/0/served, value: true }
`,
    },
    { schemas: oldest },
    { version: "v1.31.0", monitors: "true" },
  ],
  [
    "an Application, with an API version of its environment",
    { "app.yaml": application },
    {
      environments: {
        old: { ...environment, kubernetes: "1.30", apiVersions: ["monitoring.coreos.com/v1/ServiceMonitor"] },
      },
    },
    { version: "v1.30.0", monitors: "true" },
  ],
])("a chart is rendered for its cluster: %s", async (_, files, config, ...expected) => {
  expect(await seen(files, config)).toEqual(expected);
});

test("variables that only the cluster has come from the configuration", async () => {
  const sync = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: flux-system}
spec:
  path: ./app
  sourceRef: {kind: GitRepository, name: repo}
  postBuild: {substituteFrom: [{kind: Secret, name: tokens}], substitute: {SET: here}}
`;
  const files = {
    "clusters/old/sync.yaml": repository("flux-system") + sync,
    "app/c.yaml":
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app, namespace: web}\ndata: {a: "${HOST}", b: "${SET}"}\n',
  };
  const environments = { old: { ...environment, substitutions: { HOST: "example.com", SET: "there" } } };
  expect(await seen(files, { environments, schemas: oldest })).toContainEqual({ a: "example.com", b: "here" });
});

/** A chart that yields a CRD of one group only where the cluster serves none of another. */
const unless = (other: string, own: string): string =>
  `{{- if not (.Capabilities.APIVersions.Has "${other}/v1") }}\n${crd.replaceAll("monitoring.coreos.com", own)}{{- end }}\n`;

test.each<[string, string, readonly string[]]>([
  ["by its own API versions, both ways", "a.example.com", []],
  [
    "of two charts that each yield a CRD only without that of the other",
    "b.example.com",
    ["which CRDs charts yield depends on the API versions that a cluster serves, and these on the CRDs"],
  ],
])("what CRDs make a cluster serve settles, or is a problem: %s", async (_, other, messages) => {
  const files = {
    ...operator(""),
    "operator/templates/crd.yaml": unless(other, "a.example.com"),
    ...chart,
    "chart/templates/crd.yaml": unless("a.example.com", "b.example.com"),
    "clusters/old/all.yaml": `${release}---${operatorRelease}`,
  };
  const { problems } = await stateOf(files, { config: { schemas: oldest } });
  expect(problems.map(({ message }) => message)).toEqual(messages.map((message) => expect.stringContaining(message)));
});

test("what a chart of a Kustomize root makes depend on the cluster is a gap at the template's line", async () => {
  const { graph } = await stateOf(
    {
      ...rootWithChart(),
      "root/charts/web/templates/d.yaml":
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: d }\ndata:\n  {{- if semverCompare "1.31.x" .Capabilities.KubeVersion.Version }}\n  a: b\n  {{- end }}\n  time: "{{ if eq (now | date "2006") "2025" }}old{{ end }}"\n',
    },
    { config: { schemas: oldest } },
  );
  expect(graph.gaps.map(({ source, path, line, reason }) => `${source} ${path}:${line} ${reason}`)).toEqual([
    "root root/charts/web/templates/d.yaml:8 what templates/d.yaml yields depends on the time: judged as on 2025-01-01",
  ]);
});

test("what a chart asks is read once for its content and the templates in its values", async () => {
  const cache = new Map<string, unknown>();
  const read = (): number => [...cache.keys()].filter((key) => key.startsWith("chart-questions\0")).length;
  const asked = { config: { schemas: oldest }, cache };
  const files = { ...chart, "clusters/old/all.yaml": release };
  await stateOf(files, asked);
  expect(read()).toBe(1);
  const withValues = release.replace("spec: {chart", "spec: {values: {a: b}, chart");
  await stateOf({ ...chart, "clusters/new/all.yaml": withValues }, asked);
  expect(read()).toBe(1);
  const templated = release.replace("spec: {chart", "spec: {values: {a: '{{ .Release.IsUpgrade }}'}, chart");
  await stateOf({ ...chart, "clusters/new/all.yaml": templated }, asked);
  expect(read()).toBe(2);
  const changed = `${template}  old: {{ if .Release.IsUpgrade }}yes{{ else }}no{{ end }}\n`;
  await stateOf({ ...files, "chart/templates/c.yaml": changed }, asked);
  expect(read()).toBe(3);
});
