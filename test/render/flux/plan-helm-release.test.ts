import { expect, test } from "@jest/globals";
import { gapsOf, onlyStep, plan, type Files } from "./plan.ts";

const release = (spec: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: apps}
spec:
${spec}`;

const source = (kind: string, spec: string, namespace = "apps"): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata: {name: charts, namespace: ${namespace}}\nspec: ${spec}\n`;

const chartFrom = (kind: string, chart: string, rest = ""): string =>
  `  chart: {spec: {chart: ${chart}, sourceRef: {kind: ${kind}, name: charts}${rest}}}\n`;

const inTree: Files = {
  "charts.yaml": source("GitRepository", "{url: https://github.com/acme/fleet}"),
  "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
};

test("a chart of this repository is rendered from its directory", async () => {
  const files = { ...inTree, "web.yaml": release(`${chartFrom("GitRepository", "./charts/web")}  values: {a: 1}\n`) };
  const planned = await plan(files, "HelmRelease web");
  expect(onlyStep(planned, "helm")).toEqual({
    kind: "helm",
    chart: { kind: "path", path: "charts/web" },
    artifact: { root: "", includes: [] },
    releaseName: "web",
    namespace: "apps",
    values: [{ kind: "inline", value: { a: 1 }, path: "web.yaml", line: 1, pointer: "/spec/values" }],
    includeCrds: true,
    finish: { defaultNamespace: "apps" },
  });
  expect(planned.plans[0]?.source).toEqual({
    id: "HelmRelease apps/web",
    kind: "flux-helmrelease",
    path: "web.yaml",
    line: 1,
    environments: [],
    traits: { automated: true, prune: true, cascades: true },
  });
  expect(planned.reads).toEqual(["charts.yaml", "charts/web"]);
  expect([gapsOf(planned), planned.problems]).toEqual([[], []]);
});

const registries: readonly (readonly [string, string, Files, object])[] = [
  [
    "a HelmRepository",
    chartFrom("HelmRepository", "web", ", version: ^1.2"),
    { "charts.yaml": source("HelmRepository", "{url: https://charts.example}") },
    { kind: "registry", repository: "https://charts.example", name: "web", version: "^1.2", rules: "flux" },
  ],
  [
    "a HelmRepository of an OCI registry, in another namespace, without a version",
    "  chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts, namespace: flux-system}}}\n",
    { "charts.yaml": source("HelmRepository", "{type: oci, url: oci://reg.example/charts}", "flux-system") },
    { kind: "registry", repository: "oci://reg.example/charts", name: "web" },
  ],
  [
    "an OCIRepository",
    "  chartRef: {kind: OCIRepository, name: charts}\n",
    { "charts.yaml": source("OCIRepository", "{url: oci://reg.example/charts/web, ref: {tag: 1.2.3}}") },
    {
      kind: "registry",
      repository: "oci://reg.example/charts",
      name: "web",
      version: "1.2.3",
      rules: "flux",
      artifact: { tag: "1.2.3" },
    },
  ],
  [
    "an OCIRepository by digest, which wins over all else",
    "  chartRef: {kind: OCIRepository, name: charts}\n",
    {
      "charts.yaml": source(
        "OCIRepository",
        "{url: oci://reg.example/charts/web, ref: {tag: 1.2.3, semver: ^1, digest: 'sha256:00'}}",
      ),
    },
    { version: "sha256:00", artifact: { digest: "sha256:00" } },
  ],
  [
    "an OCIRepository by range, filter and layer",
    "  chartRef: {kind: OCIRepository, name: charts}\n",
    {
      "charts.yaml": source(
        "OCIRepository",
        "{url: oci://reg.example/charts/web, ref: {semver: ^1, semverFilter: -rc}, layerSelector: {mediaType: a/b, operation: copy}}",
      ),
    },
    {
      version: "^1",
      artifact: { semver: "^1", semverFilter: "-rc", layer: { mediaType: "a/b", operation: "copy" } },
    },
  ],
  [
    "an OCIRepository that names nothing",
    "  chartRef: {kind: OCIRepository, name: charts}\n",
    { "charts.yaml": source("OCIRepository", "{url: oci://reg.example/charts/web}") },
    { name: "web", artifact: {} },
  ],
  [
    "a HelmChart",
    "  chartRef: {kind: HelmChart, name: charts}\n",
    {
      "chart.yaml": source(
        "HelmChart",
        "{chart: web, version: 1.0.0, sourceRef: {kind: HelmRepository, name: charts}}",
      ),
      "charts.yaml": source("HelmRepository", "{url: https://charts.example}"),
    },
    { kind: "registry", repository: "https://charts.example", name: "web", version: "1.0.0" },
  ],
  [
    "a HelmRepository that the tree does not hold, as a vendored copy may be there",
    chartFrom("HelmRepository", "web"),
    {},
    { kind: "registry", repository: "HelmRepository apps/charts, which is not in this repository", name: "web" },
  ],
];

test.each(registries)("a chart that only a registry has is named: %s", async (_, spec, files, chart) => {
  const planned = await plan({ ...files, "web.yaml": release(spec) }, "HelmRelease web");
  expect(onlyStep(planned, "helm").chart).toMatchObject(chart);
});

const unknown: readonly (readonly [string, string, Files, RegExp])[] = [
  [
    "another repository",
    chartFrom("GitRepository", "web"),
    { "charts.yaml": source("GitRepository", "{url: https://elsewhere/x}") },
    /^chart web: GitRepository apps\/charts is another repository, https:\/\/elsewhere\/x \(if it is this one/,
  ],
  [
    "a bucket",
    chartFrom("Bucket", "web"),
    { "charts.yaml": source("Bucket", "{bucketName: b}") },
    /^chart web: Bucket apps\/charts is not read/,
  ],
  ["a missing OCIRepository", "  chartRef: {kind: OCIRepository, name: charts}\n", {}, /^OCIRepository apps\/charts/],
  [
    "a missing HelmChart",
    "  chartRef: {kind: HelmChart, name: charts}\n",
    {},
    /^HelmChart apps\/charts is not in this/,
  ],
  [
    "a packed chart",
    chartFrom("GitRepository", "charts/web-1.0.0.tgz"),
    { ...inTree, "charts/web-1.0.0.tgz": "x" },
    /^the packed chart charts\/web-1\.0\.0\.tgz is not unpacked$/,
  ],
  [
    "a directory of a repository that may be another",
    chartFrom("GitRepository", "nowhere"),
    {},
    /^there is no chart at nowhere, and GitRepository apps\/charts is not in this repository$/,
  ],
];

test.each(unknown)("a chart that cannot be had is a gap: %s", async (_, spec, files, reason) => {
  const planned = await plan({ ...files, "web.yaml": release(spec) }, "HelmRelease web");
  expect(gapsOf(planned)).toEqual([expect.stringMatching(reason)]);
  expect([planned.plans[0]?.steps, planned.problems]).toEqual([[], []]);
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  ["neither chart nor chartRef", "  interval: 1h\n", /exactly one of/],
  [
    "both chart and chartRef",
    `${chartFrom("HelmRepository", "x")}  chartRef: {kind: HelmChart, name: x}\n`,
    /exactly one of/,
  ],
  ["a chartRef without a name", "  chartRef: {kind: HelmChart}\n", /spec\.chartRef needs a kind and a name/],
  ["a directory of this repository without a chart", chartFrom("GitRepository", "nowhere"), /no chart at nowhere/],
  [
    "a key that the ConfigMap lacks",
    `${chartFrom("GitRepository", "charts/web")}  valuesFrom: [{kind: ConfigMap, name: values, valuesKey: constructor}]\n`,
    /has no key constructor/,
  ],
  [
    "values that are no YAML",
    `${chartFrom("GitRepository", "charts/web")}  valuesFrom: [{kind: ConfigMap, name: values, valuesKey: broken}]\n`,
    /broken does not contain YAML values/,
  ],
  [
    "values from another kind",
    `${chartFrom("GitRepository", "charts/web")}  valuesFrom: [{kind: Pod, name: values}]\n`,
    /the kind ConfigMap or Secret/,
  ],
];

const values = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values, namespace: apps}\ndata: ${data}\n`;

test.each(refused)("what helm-controller refuses is a problem: %s", async (_, spec, message) => {
  const files = { ...inTree, "values.yaml": values('{broken: "a: ["}'), "web.yaml": release(spec) };
  const { problems } = await plan(files, "HelmRelease web");
  expect(problems.map((one) => [one.path, one.line, one.message])).toEqual([
    ["web.yaml", 1, expect.stringMatching(message)],
  ]);
});

test("values come in the order of valuesFrom, then values; a target path that nothing else sets stays a setting", async () => {
  const spec = `${chartFrom("GitRepository", "charts/web")}  valuesFrom:
    - {kind: ConfigMap, name: values}
    - {kind: ConfigMap, name: values, valuesKey: tag, targetPath: image.tag}
    - {kind: Secret, name: secret, valuesKey: a/b}
    - {kind: ConfigMap, name: values, valuesKey: quoted, targetPath: port}
    - {kind: ConfigMap, name: values, valuesKey: list, targetPath: brokers, literal: true}
    - {kind: ConfigMap, name: values, valuesKey: nope, optional: true}
  values: {own: true}
`;
  const files = {
    ...inTree,
    "web.yaml": release(spec),
    "values.yaml": values(`{values.yaml: "a: 1", tag: "2", quoted: "'80'", list: "a,b{c}"}`),
    "secret.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: secret, namespace: apps}\ndata: {a/b: ${btoa("b: 2")}}\n`,
  };
  const planned = await plan(files, "HelmRelease web");
  const step = onlyStep(planned, "helm");
  expect(step.values).toEqual([
    { kind: "inline", value: { a: 1 }, path: "values.yaml", line: 1, pointer: "/data/values.yaml" },
    { kind: "inline", value: { b: 2 }, path: "secret.yaml", line: 1, pointer: "/data/a~1b" },
    { kind: "inline", value: { own: true }, path: "web.yaml", line: 1, pointer: "/spec/values" },
  ]);
  expect(step.set).toEqual([
    { as: "value", name: "image.tag", value: "2" },
    { as: "string", name: "port", value: "80" },
    { as: "string", name: "brokers", value: "a\\,b\\{c\\}" },
  ]);
  expect(gapsOf(planned)).toEqual([]);
});

test("values that the tree does not have are gaps, and the rest is rendered", async () => {
  const spec = `${chartFrom("GitRepository", "charts/web")}  valuesFrom: [{kind: Secret, name: a}, {kind: Secret, name: b, optional: true}]\n`;
  const files = {
    ...inTree,
    "web.yaml": release(spec),
    "b.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: b, namespace: apps}\ndata: {values.yaml: 'ENC[x]'}\n",
  };
  const planned = await plan(files, "HelmRelease web");
  expect(onlyStep(planned, "helm").values).toEqual([]);
  expect(gapsOf(planned)).toEqual([
    "Secret apps/a is not in this repository: rendered without its values",
    "the optional Secret apps/b is encrypted: rendered without its values",
  ]);
});

const steps: readonly (readonly [string, string, object])[] = [
  ["its own release name", "  releaseName: other\n", { releaseName: "other", namespace: "apps" }],
  [
    "a target namespace, which names the release too",
    "  targetNamespace: prod\n",
    { releaseName: "prod-web", namespace: "prod", finish: { defaultNamespace: "prod" } },
  ],
  [
    "a long name is shortened by a digest",
    `  releaseName: ${"a".repeat(60)}\n`,
    { releaseName: `${"a".repeat(40)}-11ee391211c6` },
  ],
  ["CRDs are left out where the policy says so", "  install: {crds: Skip}\n", { includeCrds: false }],
  ["CRDs are left out in the old way", "  install: {skipCRDs: true}\n", { includeCrds: false }],
  ["the schema of values is not asked", "  install: {disableSchemaValidation: true}\n", { skipSchemaValidation: true }],
  [
    "post-renderers, each over what the one before made, and common metadata",
    `  postRenderers:
    - kustomize: {patches: [{patch: p, target: {kind: Deployment}}], images: [{name: a, newTag: b}]}
    - kustomize: {patchesStrategicMerge: [{kind: A}]}
  commonMetadata: {labels: {a: b}}
`,
    {
      finish: {
        kustomizations: [
          {
            kustomization: {
              apiVersion: "kustomize.config.k8s.io/v1beta1",
              kind: "Kustomization",
              patches: [{ patch: "p", target: { kind: "Deployment" } }],
              images: [{ name: "a", newTag: "b" }],
            },
            at: { path: "web.yaml", pointer: "/spec/postRenderers/0/kustomize" },
          },
          {
            kustomization: {
              apiVersion: "kustomize.config.k8s.io/v1beta1",
              kind: "Kustomization",
              patchesStrategicMerge: ['{"kind":"A"}'],
            },
            at: { path: "web.yaml", pointer: "/spec/postRenderers/1/kustomize" },
          },
        ],
        metadata: { labels: { a: "b" } },
        defaultNamespace: "apps",
      },
    },
  ],
];

test.each(steps)("%s", async (_, spec, expected) => {
  const files = { ...inTree, "web.yaml": release(chartFrom("GitRepository", "charts/web") + spec) };
  expect(onlyStep(await plan(files, "HelmRelease web"), "helm")).toMatchObject(expected);
});

test("values files stand in for the chart's own, named from the root of the repository", async () => {
  const rest = ", valuesFiles: [./charts/web/values.yaml, env/prod.yaml], ignoreMissingValuesFiles: true";
  const files = { ...inTree, "web.yaml": release(chartFrom("GitRepository", "charts/web", rest)) };
  expect(onlyStep(await plan(files, "HelmRelease web"), "helm").ownValues).toEqual({
    files: ["charts/web/values.yaml", "env/prod.yaml"],
    ignoreMissing: true,
  });
});

test("a suspended release says so", async () => {
  const files = { ...inTree, "web.yaml": release(`${chartFrom("GitRepository", "charts/web")}  suspend: true\n`) };
  const planned = await plan(files, "HelmRelease web");
  expect(planned.plans[0]?.source.traits).toMatchObject({ suspended: true });
});

test.each<[string, string, string, readonly string[]]>([
  ["a later reference wins over a path", "[{n: tag, p: image.tag}, {n: later}]", "{}", []],
  ["a path wins over an earlier reference", "[{n: later}, {n: tag, p: image.tag}]", "{}", ["image.tag"]],
  ["an own value at the top wins over a path", "[{n: tag, p: replicas}]", "{replicas: 3}", []],
  [
    "a path wins within a map that only the own values have",
    "[{n: tag, p: image.tag}]",
    "{image: {tag: own}}",
    ["image.tag"],
  ],
  [
    "own values win in a map that an earlier reference has too",
    "[{n: later}, {n: tag, p: image.tag}]",
    "{image: {tag: own}}",
    [],
  ],
  ["the last of two paths wins", "[{n: tag, p: a.b}, {n: later}, {n: tag, p: a}]", "{}", ["a"]],
  ["an item that an own list has wins", "[{n: tag, p: l[0]}]", "{l: [own]}", ["l[0]"]],
  ["an item beyond an own list does not", "[{n: tag, p: l[2]}]", "{l: [own]}", []],
  ["an item of a list that nothing else has", "[{n: tag, p: l[2].a}]", "{}", ["l[2].a"]],
  ["a path without a first name is left to Helm's parser", "[{n: tag, p: .a}]", "{a: {b: own}}", [".a"]],
])("%s", async (_, references, own, expected) => {
  const from = references.replaceAll(/\{n: (\w+)(?:, p: ([\w.[\]]+))?\}/g, (__, name: string, path?: string) =>
    path === undefined
      ? `{kind: ConfigMap, name: values, valuesKey: ${name}}`
      : `{kind: ConfigMap, name: values, valuesKey: ${name}, targetPath: "${path}"}`,
  );
  const files = {
    ...inTree,
    "web.yaml": release(`${chartFrom("GitRepository", "charts/web")}  valuesFrom: ${from}\n  values: ${own}\n`),
    "values.yaml": values('{tag: "1", later: "image: {tag: later}"}'),
  };
  const { set = [] } = onlyStep(await plan(files, "HelmRelease web"), "helm");
  expect(set.map(({ name }) => name)).toEqual(expected);
});

test.each([
  ["text", "{image: own}"],
  ["nothing", "{image: null}"],
])("a targetPath that leads through %s is refused, as Helm's parser refuses it", async (_, own) => {
  const from = "[{kind: ConfigMap, name: values, valuesKey: tag, targetPath: image.tag}]";
  const files = {
    ...inTree,
    "web.yaml": release(`${chartFrom("GitRepository", "charts/web")}  valuesFrom: ${from}\n  values: ${own}\n`),
    "values.yaml": values('{tag: "1"}'),
  };
  const { problems } = await plan(files, "HelmRelease web");
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining("the targetPath image.tag of spec.valuesFrom leads through a value that is no map or list"),
  ]);
});

test("a quote by itself is an empty string, as it is both the first and the last", async () => {
  const files = {
    ...inTree,
    "web.yaml": release(
      `${chartFrom("GitRepository", "charts/web")}  valuesFrom: [{kind: ConfigMap, name: values, valuesKey: q, targetPath: a}]\n`,
    ),
    "values.yaml": values(`{q: "'"}`),
  };
  const { set = [] } = onlyStep(await plan(files, "HelmRelease web"), "helm");
  expect(set).toEqual([expect.objectContaining({ as: "string", name: "a", value: "" })]);
});
