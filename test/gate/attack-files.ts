import { here } from "./change-judge.ts";

/** Texts of manifests, GitOps objects and charts for the tests of attacks. */

const labels = "labels: { owner: me }";

export const pod = (image = "nginx:1", name = "a"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: web, ${labels} }\nspec: { containers: [{ name: main, image: ${image} }] }\n`;
export const bad = pod("nginx:latest");

export const kustomization = (text: string): string => `apiVersion: kustomize.config.k8s.io/v1beta1\n${text}\n`;
export const component = (text: string): string =>
  `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${text}\n`;
/** What a kustomization has that hides the violation. */
export const repaired = "images: [{ name: nginx, newTag: '1' }]";

export const application = (path: string, { more = "", name = "web" } = {}): string =>
  [
    "apiVersion: argoproj.io/v1alpha1",
    "kind: Application",
    `metadata: { name: ${name}, namespace: argocd, ${labels} }`,
    "spec:",
    "  project: default",
    "  destination: { server: https://kubernetes.default.svc, namespace: web }",
    `  source: { repoURL: ${here}, path: ${path}${more} }`,
    "",
  ].join("\n");

export const applicationSet = (elements: string): string =>
  [
    "apiVersion: argoproj.io/v1alpha1",
    "kind: ApplicationSet",
    `metadata: { name: fleet, namespace: argocd, ${labels} }`,
    "spec:",
    `  generators: [{ list: { elements: [${elements}] } }]`,
    "  template:",
    `    metadata: { name: "{{name}}", ${labels} }`,
    "    spec:",
    "      project: default",
    "      destination: { server: https://kubernetes.default.svc, namespace: web }",
    `      source: { repoURL: ${here}, path: "{{path}}" }`,
    "",
  ].join("\n");

export const gitRepository = `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: fleet, namespace: flux-system, ${labels} }\nspec: { url: ${here}, ref: { branch: main } }\n`;

export const flux = (path: string, { more = "", name = "web" } = {}): string =>
  [
    "apiVersion: kustomize.toolkit.fluxcd.io/v1",
    "kind: Kustomization",
    `metadata: { name: ${name}, namespace: flux-system, ${labels} }`,
    "spec:",
    "  prune: true",
    "  sourceRef: { kind: GitRepository, name: fleet }",
    `  path: ${path}`,
    ...(more === "" ? [] : [`  ${more}`]),
    "",
  ].join("\n");

export const release = (values: string, chart = "./chart"): string =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: web, namespace: flux-system, ${labels} }\nspec: { targetNamespace: web, values: ${values}, chart: { spec: { chart: ${chart}, sourceRef: { kind: GitRepository, name: fleet } } } }\n`;

export const configMap = (data: string, { name = "settings", namespace = "flux-system" } = {}): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace}, ${labels} }\ndata: ${data}\n`;

/** A chart whose only template takes its image from the values. */
export const chart = (directory: string, tag = "1"): { readonly [path: string]: string } => ({
  [`${directory}/Chart.yaml`]: "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  [`${directory}/values.yaml`]: `tag: '${tag}'\n`,
  [`${directory}/templates/pod.yaml`]: pod('"nginx:{{ .Values.tag }}"'),
});
