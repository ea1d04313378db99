import { expect, test } from "@jest/globals";
import { escapeUnknown } from "../../../src/render/flux/unknown-variables.ts";
import { stateOf, type Files } from "../found-state.ts";

test.each<[string, string, string, readonly string[]]>([
  ["a variable without a default", "a: ${A}", "a: $${A}", ["A"]],
  ["a variable with a value", "a: ${SET}", "a: ${SET}", []],
  ["defaults", "a: ${A:=1} ${B:-2} ${C=3}", "a: ${A:=1} ${B:-2} ${C=3}", []],
  ["both forms of one variable", "a: ${A} ${A:=1}", "a: $${A} ${A:=1}", ["A"]],
  ["other operators", "a: ${A,,} ${A/x/y} ${A:0:2}", "a: $${A,,} $${A/x/y} $${A:0:2}", ["A"]],
  ["text that is escaped already", "a: $${A}", "a: $${A}", []],
  ["a default within a default", "a: ${A:=${B:=1}}", "a: ${A:=${B:=1}}", []],
])("%s: what has neither value nor default is escaped", (_, text, escaped, unknown) => {
  expect(escapeUnknown(text, { SET: "1" })).toEqual({ text: escaped, variables: {}, unknown });
});

test("an unknown variable within a default gets itself as value", () => {
  expect(escapeUnknown("a: ${A:=${B}}", {})).toEqual({
    text: "a: ${A:=${B}}",
    variables: { B: "${B}" },
    unknown: ["B"],
  });
});

const sync = (from: string): string => `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repo, namespace: flux-system}
spec: {url: https://github.com/acme/gitops}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: flux-system}
spec: {path: ./app, sourceRef: {kind: GitRepository, name: repo}, postBuild: {substituteFrom: [${from}]}}
`;

const release = (values: string): string => `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec:
  chart: {spec: {chart: charts/web, sourceRef: {kind: GitRepository, name: repo, namespace: flux-system}}}
  values: ${values}
`;

const config = (data: string, more = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app, namespace: web${more}}\ndata: ${data}\n`;

async function rendered(files: Files) {
  const state = await stateOf(files);
  const readings = await Promise.all(state.units.map((unit) => unit.render()));
  return {
    data: readings
      .flatMap(({ manifests }) => manifests)
      .flatMap(({ identity, value }) => (identity.kind === "ConfigMap" ? [value["data"]] : [])),
    gaps: readings.flatMap(({ gaps }) => gaps.map(({ source, reason }) => `${source}: ${reason}`)),
    problems: readings.flatMap(({ problems }) => problems),
    states: Object.fromEntries(state.units.map((unit, at) => [unit.source.id, readings[at]?.state])),
  };
}

const missing = "Secret flux-system/tokens is not in this repository";

test.each<[string, string, string, { readonly [key: string]: string }, readonly RegExp[]]>([
  ["optional and missing", "{kind: ConfigMap, name: nowhere, optional: true}", "{a: '${A:=one}'}", { a: "one" }, []],
  [
    "optional and missing, without a default",
    "{kind: ConfigMap, name: nowhere, optional: true}",
    "{a: '${A}', b: '${B:=two}'}",
    { a: "${A}", b: "two" },
    [/^Kustomization flux-system\/app: \$\{A\}: not set .* ConfigMap flux-system\/nowhere may set/],
  ],
  [
    "required and missing",
    "{kind: Secret, name: tokens}",
    "{a: '${A:=one}', b: '${B}'}",
    { a: "one", b: "${B}" },
    [new RegExp(`^Kustomization flux-system/app: ${missing}`)],
  ],
])("defaults apply where an object is %s", async (_, from, data, expected, gaps) => {
  const { data: found, gaps: shown } = await rendered({ "sync.yaml": sync(from), "app/app.yaml": config(data) });
  expect(found).toEqual([expected]);
  expect(shown).toEqual(gaps.map((gap) => expect.stringMatching(gap)));
});

test("an object that opts out of substitution keeps its text", async () => {
  const optOut = ", annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}";
  const files = {
    "sync.yaml": sync("{kind: ConfigMap, name: nowhere, optional: true}"),
    "app/app.yaml": config("{a: '${A}'}", optOut),
  };
  expect(await rendered(files)).toMatchObject({ data: [{ a: "${A}" }], gaps: [] });
});

test.each<[string, Files]>([
  [
    "a values schema",
    {
      "charts/web/templates/c.yaml": config("{}"),
      "charts/web/values.schema.json": '{"properties": {"count": {"type": "integer"}}}',
    },
  ],
  ["a loop", { "charts/web/templates/c.yaml": `{{ range .Values.count }}${config("{}")}{{ end }}` }],
])("a variable that nobody knows breaks no chart: %s", async (_, chart) => {
  const found = await rendered({
    "sync.yaml": sync("{kind: Secret, name: tokens}"),
    "app/app.yaml": release('{count: "${COUNT}"}'),
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "count: []\n",
    ...chart,
  });
  expect(found.problems.filter(({ message }) => message.includes("COUNT"))).toEqual([]);
  expect(found.gaps).toContainEqual(
    expect.stringMatching(/^HelmRelease web\/web: the chart cannot be rendered without \$\{COUNT\}/),
  );
  expect(found.states["HelmRelease web/web"]).toBe("unknown");
});

test.each([
  ["an Argo CD Application", false],
  ["a HelmRelease", false],
  ["a HelmRelease with spec.test.enable", true],
  ["a chart by itself", false],
])("objects that only helm test applies, in %s", async (what, applied) => {
  const application = `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://github.com/acme/gitops, path: charts/web}
  destination: {server: https://kubernetes.default.svc, namespace: web}
`;
  const repository = sync("").split("---")[0] ?? "";
  const test_ = applied ? "  test: {enable: true}\n" : "";
  const object = what.includes("Argo")
    ? application
    : what.includes("Helm")
      ? `${repository}---${release("{}")}${test_}`
      : "";
  const hook = ", annotations: {helm.sh/hook: test}";
  const { data } = await rendered({
    ...(object === "" ? {} : { "app.yaml": object }),
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/templates/c.yaml": config("{a: always}"),
    "charts/web/templates/t.yaml": config("{a: test}", hook).replace("name: app", "name: test"),
  });
  expect(data).toEqual([{ a: "always" }, ...(applied ? [{ a: "test" }] : [])]);
});
