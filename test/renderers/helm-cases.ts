import type { HelmRequest } from "../../src/model/renderer.ts";
import { archiveOf, requestOf } from "./helm-charts.ts";

const map = (name: string, data = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${data === "" ? "" : `data:\n${data}\n`}`;

const chartOf = (name: string, more = ""): string => `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n${more}`;

const child = {
  "charts/db/Chart.yaml": chartOf("db"),
  "charts/db/values.yaml": "enabled: true\nsize: 1\nexports: {shared: {color: red}}\nnested: {deep: 7}\n",
  "charts/db/templates/db.yaml": map("{{ .Chart.Name }}", "  all: {{ toJson .Values | quote }}"),
};

const needs = (entries: string): string => chartOf("web", `dependencies:\n${entries}`);

/** What `helm template` does, by its name: the request, and the documents or the failure. */
export const cases: readonly (readonly [name: string, request: HelmRequest, expected: readonly string[] | RegExp])[] = [
  [
    "a dependency that its condition turns off is left out",
    requestOf(
      {
        ...child,
        "Chart.yaml": needs("- {name: db, version: 0.1.0, condition: db.enabled}"),
        "templates/a.yaml": map("a"),
      },
      { values: [{ db: { enabled: false } }] },
    ),
    ["a"],
  ],
  [
    "a dependency that a tag turns off is left out",
    requestOf({
      ...child,
      "Chart.yaml": needs("- {name: db, version: 0.1.0, tags: [store]}"),
      "values.yaml": "tags: {store: false}",
      "templates/a.yaml": map("a"),
    }),
    ["a"],
  ],
  [
    "a dependency under two aliases is rendered twice, each with its values",
    requestOf({
      ...child,
      "Chart.yaml": needs("- {name: db, version: 0.1.0, alias: one}\n- {name: db, version: 0.1.0, alias: two}"),
      "values.yaml": "one: {size: 3}",
    }),
    ["one", "two"],
  ],
  [
    "values are imported from a dependency",
    requestOf({
      ...child,
      "Chart.yaml": needs("- name: db\n  version: 0.1.0\n  import-values: [shared, {child: nested, parent: mine}]"),
      "templates/a.yaml": map("a", "  all: {{ list .Values.color .Values.mine.deep | toJson | quote }}"),
    }),
    ["db", "a"],
  ],
  [
    "globals reach a dependency and win over its own",
    requestOf({
      ...child,
      "Chart.yaml": needs("- {name: db, version: 0.1.0}"),
      "values.yaml": "global: {zone: blue}\ndb: {global: {zone: red, more: 1}}",
    }),
    ["db"],
  ],
  [
    "null takes a default away",
    requestOf(
      { "values.yaml": "a: {b: 1, c: 2}", "templates/a.yaml": map("a", "  all: {{ toJson .Values | quote }}") },
      { values: [{ a: { b: null } }] },
    ),
    ["a"],
  ],
  [
    "later values lie over earlier ones, settings over both",
    requestOf(
      { "values.yaml": "a: {b: 1}", "templates/a.yaml": map("a", "  all: {{ toJson .Values | quote }}") },
      {
        values: [{ a: { b: 2, c: [1, 2] } }, { a: { d: "x" } }],
        set: [
          { as: "value", name: "a.c[1]", value: "9" },
          { as: "string", name: "a.n", value: "1" },
          { as: "json", name: "a.j", value: '{"k": [true]}' },
          { as: "file", name: "a.f", value: "one, two\n{three}" },
          { as: "value", name: "a.l", value: "{x,y}" },
          { as: "value", name: "a.q\\.r", value: "a\\,b" },
          { as: "value", name: "a.z", value: "null" },
        ],
      },
    ),
    ["a"],
  ],
  [
    "the kinds are in the order that Helm installs them in",
    requestOf({
      "templates/z.yaml": `${map("m")}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: space}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n`,
      "templates/a.yaml":
        "apiVersion: example.com/v1\nkind: Zebra\nmetadata: {name: z}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: t}\n",
    }),
    ["space", "t", "m", "s", "z"],
  ],
  [
    "hooks come last, tests among them, and one of an unknown kind is dropped",
    requestOf({
      "templates/hooks.yaml": ["pre-install", "test", "no-such-hook", "post-delete,pre-upgrade"]
        .map((hook, at) => map(`h${at}\n  annotations: {helm.sh/hook: "${hook}", helm.sh/hook-weight: "${-at}"}`))
        .join("---\n"),
      "templates/a.yaml": map("a"),
    }),
    ["a", "h0", "h1", "h3"],
  ],
  [
    "notes, partials and what is empty are left out",
    requestOf({
      "templates/NOTES.txt": "hello",
      "templates/_p.tpl": '{{ define "p" }}a{{ end }}',
      "templates/empty.yaml": "{{ if false }}x: y{{ end }}\n",
      "templates/a.yaml": map('{{ template "p" }}'),
    }),
    ["a"],
  ],
  [
    "CRDs are in where they are asked for",
    requestOf(
      {
        "crds/a.yaml":
          "kind: CustomResourceDefinition\nmetadata: {name: one}\n---\nkind: CustomResourceDefinition\nmetadata: {name: two}\n",
        "crds/README.md": "no",
        "templates/a.yaml": map("a"),
      },
      { includeCrds: true },
    ),
    ["one", "two", "a"],
  ],
  [
    "CRDs are out where they are not",
    requestOf({
      "crds/a.yaml": "kind: CustomResourceDefinition\nmetadata: {name: one}\n",
      "templates/a.yaml": map("a"),
    }),
    ["a"],
  ],
  [
    "the Kubernetes version is the one that is asked for",
    requestOf(
      {
        "templates/a.yaml": map(
          "a",
          '  v: {{ .Capabilities.KubeVersion | quote }}\n  new: {{ semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version | quote }}',
        ),
      },
      { kubeVersion: "1.29.3" },
    ),
    ["a"],
  ],
  [
    "by default it is the one that this Helm is made for",
    requestOf({
      "templates/a.yaml": map(
        "a",
        "  v: {{ .Capabilities.KubeVersion.Minor | quote }}\n  helm: {{ .Capabilities.HelmVersion.Version }}",
      ),
    }),
    ["a"],
  ],
  [
    "known API versions are there without a cluster, others where they are named",
    requestOf(
      {
        "templates/a.yaml": map(
          "a",
          [
            "apps/v1",
            "policy/v1beta1",
            "apiextensions.k8s.io/v1",
            "batch/v1/CronJob",
            "monitoring.coreos.com/v1",
            "gateway.networking.k8s.io/v1",
          ]
            .map((version, at) => `  v${at}: {{ .Capabilities.APIVersions.Has "${version}" | quote }}`)
            .join("\n"),
        ),
      },
      { apiVersions: ["monitoring.coreos.com/v1"] },
    ),
    ["a"],
  ],
  [
    "the list of known API versions is the same",
    requestOf({ "templates/a.yaml": map("a", "  all: {{ .Capabilities.APIVersions | sortAlpha | toJson | quote }}") }),
    ["a"],
  ],
  [
    "a release is an upgrade where that is asked for",
    requestOf({ "templates/a.yaml": map("a", "  all: {{ toJson .Release | quote }}") }, { isUpgrade: true }),
    ["a"],
  ],
  [
    "files of the chart can be read, templates and ignored ones cannot",
    requestOf({
      "files/x.txt": "one\ntwo",
      "files/y.bin": Buffer.from([1, 2, 255]),
      "secret.txt": "no",
      ".helmignore": "secret.txt\n/ignored\n",
      "ignored/z.txt": "no",
      "templates/a.yaml": map(
        "a",
        '  get: {{ .Files.Get "files/x.txt" | quote }}\n  none: {{ .Files.Get "secret.txt" | quote }}\n  template: {{ .Files.Get "templates/a.yaml" | quote }}\n  lines: {{ .Files.Lines "files/x.txt" | toJson | quote }}\n{{ (.Files.Glob "files/*").AsSecrets | indent 2 }}\n  config: {{ (.Files.Glob "**/x.txt").AsConfig | quote }}',
      ),
    }),
    ["a"],
  ],
  [
    "a chart ignores its own templates where it says so",
    requestOf({ ".helmignore": "templates/b.yaml", "templates/a.yaml": map("a"), "templates/b.yaml": map("b") }),
    ["a"],
  ],
  [
    "a dependency in an archive is rendered",
    requestOf({
      "Chart.yaml": needs("- {name: db, version: 0.1.0}"),
      "charts/db-0.1.0.tgz": archiveOf([
        { name: "db/Chart.yaml", content: chartOf("db") },
        { name: "db/templates/x.yaml", content: map("db") },
      ]),
    }),
    ["db"],
  ],
  [
    "a whole chart in an archive is rendered",
    {
      ...requestOf({}),
      chart: new Map([
        [
          "web-1.0.0.tgz",
          archiveOf([
            { name: "web/Chart.yaml", content: chartOf("web") },
            { name: "web/values.yaml", content: "x: 1" },
            { name: "web/templates/x.yaml", content: map("web", "  x: {{ .Values.x | quote }}") },
          ]),
        ],
      ]),
    },
    ["web"],
  ],
  [
    "a library chart lends its templates and prints nothing",
    requestOf({
      "Chart.yaml": needs("- {name: lib, version: 0.1.0}"),
      "charts/lib/Chart.yaml": chartOf("lib", "type: library\n"),
      "charts/lib/templates/_l.tpl": '{{ define "lib.map" }}{{ .name }}-lib{{ end }}',
      "charts/lib/templates/x.yaml": map("no"),
      "templates/a.yaml": map('{{ include "lib.map" (dict "name" "a") }}'),
    }),
    ["a-lib"],
  ],
  [
    "an old chart names dependencies in requirements.yaml",
    requestOf({
      ...child,
      "Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
      "requirements.yaml": "dependencies: [{name: db, version: 0.1.0, alias: store}]",
    }),
    ["store"],
  ],
  [
    "big numbers are doubles, as ever in Helm",
    requestOf({
      "values.yaml": "a: 1000000\nb: 12345678901234567890\nc: 0.1\nd: 0755\ne: 1e3",
      "templates/a.yaml": map(
        "a",
        '  all: "{{ .Values.a }} {{ .Values.b }} {{ .Values.c }} {{ .Values.d }} {{ .Values.e }} {{ int .Values.a }}"',
      ),
    }),
    ["a"],
  ],
  [
    "texts of templates are rendered where a template asks for it",
    requestOf({
      "values.yaml": 't: "{{ .Release.Name }}/{{ .Values.u }}"\nu: x',
      "templates/a.yaml": map("a", "  t: {{ tpl .Values.t . }}"),
    }),
    ["a"],
  ],
  [
    "maps and lists are printed in every format alike",
    requestOf({
      "values.yaml": "a:\n  b: [1, {c: d}]\n  e: null\n  f: 'x: y'\n  h: true\n",
      "templates/a.yaml": map(
        "a",
        '  y: {{ toYaml .Values.a | quote }}\n  p: {{ toYamlPretty .Values.a | quote }}\n  j: {{ toJson .Values.a | quote }}\n  t: {{ toToml (omit .Values.a "e") | quote }}\n  f: {{ (fromYaml "x: [1]").x | toJson | quote }}\n  e: {{ (fromJson "{").Error | quote }}',
      ),
    }),
    ["a"],
  ],
  [
    "what is needed and missing fails at its line",
    requestOf({ "templates/a.yaml": `a: b\nc: {{ required "a name is needed" .Values.name }}` }),
    /^execution error at \(web\/templates\/a.yaml:2:6\): a name is needed$/,
  ],
  [
    "a template may fail by itself",
    requestOf({ "templates/a.yaml": '{{ fail "no way" }}' }),
    /^execution error at \(web\/templates\/a.yaml:1:3\): no way$/,
  ],
  [
    "a template that cannot be parsed fails at its line",
    requestOf({ "templates/a.yaml": "a: b\n{{ if }}\n" }),
    /^parse error at \(web\/templates\/a.yaml:2\): missing value for if$/,
  ],
  [
    "what is rendered must be YAML",
    requestOf({ "templates/a.yaml": "a: b: c\n" }),
    /^YAML parse error on web\/templates\/a.yaml: /,
  ],
  [
    "values must be as the schema says",
    requestOf({
      "values.schema.json": '{"properties": {"n": {"type": "integer"}}, "required": ["m"]}',
      "values.yaml": "n: 0",
    }),
    /web:\n- at '': missing property 'm'/,
  ],
  [
    "so must those of a dependency",
    requestOf(
      {
        ...child,
        "charts/db/values.schema.json": '{"properties": {"size": {"type": "integer"}}}',
        "Chart.yaml": needs("- {name: db, version: 0.1.0}"),
      },
      { values: [{ db: { size: "big" } }] },
    ),
    /db:\n- at '\/size': got string, want integer/,
  ],
  [
    "a dependency that is not there is named",
    requestOf({ "Chart.yaml": needs("- {name: db, version: 0.1.0, repository: https://charts.example.com}") }),
    /found in Chart.yaml, but missing in charts\/ directory: db$/,
  ],
  [
    "a chart for another Kubernetes is refused",
    requestOf({ "Chart.yaml": chartOf("web", 'kubeVersion: "<1.20"\n') }),
    /^chart requires kubeVersion: <1.20 which is incompatible with Kubernetes v1.37.0$/,
  ],
  [
    "a library alone is refused",
    requestOf({ "Chart.yaml": chartOf("web", "type: library\n") }),
    /^library charts are not installable$/,
  ],
  [
    "a chart without a version is refused",
    requestOf({ "Chart.yaml": "apiVersion: v2\nname: web\n" }),
    /chart.metadata.version is required/,
  ],
];
