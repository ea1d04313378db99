import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { memoryCache } from "../../../src/gate/memory-cache.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { keepingRenderings } from "../../../src/renderers/keep-renderings.ts";
import { mutate, type Random } from "../../../test/manifest/generate-yaml.ts";
import { mustBeAlike, type FuzzTarget } from "../fuzzer.ts";
import { hostileText } from "../hostile-text.ts";
import { isGreen, judgeAllWays, judgeFiles, type Files } from "../judge-files.ts";

const config = {
  ...defaultConfig,
  schemas: { enabled: false },
  // A gap that a change touches blocks it; in a tree by itself nothing is touched.
  gaps: "allow" as const,
  apply: [{ path: "chart", as: "helm" as const, environment: "production" }],
  environments: { production: { paths: [], clusters: [], levels: {}, parameters: {} } },
};

/** Kustomize roots and charts: manifests or a problem, the same each time and however much was rendered before. */
export const target: FuzzTarget = {
  inTests: 60,
  async open(cacheDir) {
    const directory = await mkdtemp(join(tmpdir(), "portcullis-fuzz-"));
    const own = createRenderer({ cacheDir, processes: 1, deadlineMs: 120_000, memoryLimitMiB: 384 });
    const keeping = keepingRenderings(own, directory);
    return {
      async run(random) {
        const files = random.chance(0.6) ? kustomizeTree(random) : chartTree(random);
        const report = await judgeAllWays(files, { renderer: keeping, config });
        const cache = memoryCache(16 * 1024 * 1024);
        const options = { renderer: own, config, cache };
        mustBeAlike(report, await judgeFiles(files, options), "kept renderings, and an empty cache");
        mustBeAlike(report, await judgeFiles(files, options), "kept renderings, and a warm cache");
        if (report.problems.length > 0) return "problem";
        if (report.gaps.length > 0) return "gap";
        return isGreen(report) ? "passed" : "found";
      },
      async close() {
        own.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  },
};

const POD =
  "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostNetwork: true\n  containers:\n    - name: app\n      image: nginx:latest\n";
const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: b\n";

const FIELDS: readonly string[] = [
  "namePrefix: p-\n",
  "nameSuffix: -s\n",
  "namespace: shop\n",
  "commonLabels: { app: web }\n",
  "labels: [{ pairs: { a: b }, includeSelectors: true }]\n",
  'images: [{ name: nginx, newTag: "1.27" }]\n',
  "images: [{ name: nginx, digest: sha256:00 }]\n",
  "patches:\n  - patch: |-\n      - op: replace\n        path: /spec/hostNetwork\n        value: false\n    target: { kind: Pod }\n",
  "patches:\n  - path: patch.yaml\n",
  "configMapGenerator:\n  - name: made\n    literals: [a=b, c=d]\n    files: [map.yaml]\n",
  "secretGenerator:\n  - name: made\n    envs: [env]\n",
  "replacements:\n  - source: { kind: ConfigMap, fieldPath: data.a }\n    targets: [{ select: { kind: Pod }, fieldPaths: [metadata.name] }]\n",
  "components: [component]\n",
  "generatorOptions: { disableNameSuffixHash: true }\n",
  "openapi: { path: ../../etc/passwd }\n",
  "vars: [{ name: A, objref: { kind: ConfigMap, name: settings, apiVersion: v1 }, fieldref: { fieldpath: data.a } }]\n",
  "helmCharts: [{ name: chart, releaseName: x, version: 1.0.0 }]\n",
  "buildMetadata: [originAnnotations, managedByLabel]\n",
];
const RESOURCES = [
  "pod.yaml",
  "map.yaml",
  "../base",
  "../base/pod.yaml",
  "/etc/passwd",
  "../../../../etc/passwd",
  ".",
  "https://example.invalid/a.yaml",
  "missing.yaml",
  "nul\u0000l",
];

function kustomizeTree(random: Random): Files {
  const fields = new Set(Array.from({ length: random.below(4) }, () => random.pick(FIELDS)));
  const resources = [
    "pod.yaml",
    ...(random.chance(0.4) ? ["map.yaml"] : []),
    ...(random.chance(0.25) ? [random.pick(RESOURCES)] : []),
  ];
  const files: { [path: string]: string } = {
    "app/kustomization.yaml": `resources: ${JSON.stringify([...new Set(resources)])}\n${[...fields].join("")}`,
    "app/pod.yaml": POD,
    "app/map.yaml": MAP,
    "app/env": "A=b\n",
    "app/patch.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { hostPID: true }\n",
    "app/component/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\n",
    "base/kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: base-\n",
    "base/pod.yaml": POD,
  };
  return mutated(random, files);
}

const TEMPLATES: readonly string[] = [
  "{{ if .Values.pod }}\n{{ .Values.pod | toYaml }}\n{{ end }}\n",
  "{{- range $k, $v := .Values.map }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ $k }} }\ndata: { v: {{ $v | quote }} }\n{{- end }}\n",
  '{{ include "web.name" . }}\n',
  "{{ tpl .Values.text . }}\n",
  '{{ .Files.Get "../../etc/passwd" }}{{ .Files.Glob "**" | toYaml }}\n',
  '{{ lookup "v1" "Pod" "" "" | toYaml }}\n',
  '{{ required "needed" .Values.missing }}\n',
  "{{ fail (randAlphaNum 5) }}\n",
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ now | date "2006" | quote }} }\n',
];

function chartTree(random: Random): Files {
  const extra = random.chance(0.6) ? { "chart/templates/more.yaml": random.pick(TEMPLATES) } : {};
  const files: { [path: string]: string } = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/values.yaml": "host: true\nmap: { a: 1, b: two }\ntext: '{{ .Release.Name }}'\npod: {}\n",
    "chart/templates/pod.yaml": POD.replace("true", "{{ .Values.host }}"),
    "chart/templates/_helpers.tpl": '{{ define "web.name" }}# {{ .Chart.Name }}{{ end }}\n',
    ...extra,
  };
  return mutated(random, files);
}

/** The same tree with a few changes in one of its files. */
function mutated(random: Random, files: { readonly [path: string]: string }): Files {
  if (random.chance(0.3)) return files;
  const path = random.pick(Object.keys(files));
  const text = files[path] ?? "";
  const changed = random.chance(0.1)
    ? text + hostileText(random).replaceAll("\u0000", "")
    : mutate(random, text, 1 + random.below(2));
  return { ...files, [path]: changed };
}
