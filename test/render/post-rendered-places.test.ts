import { expect, test } from "@jest/globals";
import { stateOf, type Files } from "./found-state.ts";

const files: Files = {
  "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "chart/values.yaml": "replicas: 2\nimage: registry.example.com/web:1.0.0\nserviceAccount: web\n",
  "chart/templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      hostPID: false
      serviceAccountName: {{ .Values.serviceAccount }}
      containers:
        - name: web
          image: {{ .Values.image }}
          imagePullPolicy: Always
`,
  "chart/templates/test.yaml": `apiVersion: v1
kind: Pod
metadata: { name: test, annotations: { helm.sh/hook: test } }
`,
  "release.yaml": `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: repo, namespace: apps }
spec: { url: https://github.com/acme/gitops, ref: { branch: main } }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: apps }
spec:
  chart: { spec: { chart: chart, sourceRef: { kind: GitRepository, name: repo } } }
  commonMetadata: { labels: { team: a } }
  values:
    serviceAccount: other
  postRenderers:
    - kustomize:
        images:
          - name: registry.example.com/web
            newName: nginx
            newTag: latest
        patches:
          - target: { kind: Deployment }
            patch: |
              - op: add
                path: /spec/template/spec/hostNetwork
                value: true
              - op: replace
                path: /spec/template/spec/hostPID
                value: true
          - patch: |
              apiVersion: apps/v1
              kind: Deployment
              metadata: { name: web }
              spec:
                minReadySeconds: 1
                template:
                  spec:
                    containers:
                      - name: proxy
                        image: envoy
    - kustomize:
        patchesStrategicMerge:
          - apiVersion: apps/v1
            kind: Deployment
            metadata: { name: web }
            spec:
              minReadySeconds: 5
`,
};

test.each<[string, string, string]>([
  ["an image that a post renderer names", "/spec/template/spec/containers/1/image", "release.yaml:17"],
  ["an operation of a patch", "/spec/template/spec/hostNetwork", "release.yaml:25"],
  ["a value of the chart that a patch replaces", "/spec/template/spec/hostPID", "release.yaml:28"],
  ["a container that a patch adds", "/spec/template/spec/containers/0/image", "release.yaml:39"],
  ["what a later post renderer changes again", "/spec/minReadySeconds", "release.yaml:42"],
  ["a value of the chart's values", "/spec/replicas", "chart/values.yaml:1"],
  ["a value of the release's values", "/spec/template/spec/serviceAccountName", "release.yaml:13"],
  [
    "what the template has, in a list that a patch adds to",
    "/spec/template/spec/containers/1/imagePullPolicy",
    "chart/templates/web.yaml:13",
  ],
  [
    "what is missing in the template's part",
    "/spec/template/spec/containers/1/resources",
    "chart/templates/web.yaml:11",
  ],
])("the place of a value after post renderers: %s", async (_, pointer, expected) => {
  const { units } = await stateOf(files);
  const [unit] = units.filter(({ source }) => source.kind === "flux-helmrelease");
  const reading = await unit?.render();
  await reading?.prepare();
  const [manifest] = reading?.manifests ?? [];
  if (reading === undefined || manifest === undefined) throw new Error("nothing is rendered");
  const { path, place } = reading.place(manifest, pointer);
  expect(`${path}:${place.line}`).toBe(expected);
});
