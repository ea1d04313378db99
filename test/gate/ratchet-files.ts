import { createDangers } from "../../src/gate/dangers/create-dangers.ts";
import type { Report } from "../../src/model/report.ts";
import * as attack from "./attack-files.ts";
import { bad, kustomization, pod } from "./attack-files.ts";
import { changeJudge, here } from "./change-judge.ts";

/** Judges a change, with the checks for dangers; the branch that the trees belong to is not known. */
export const dangerJudge = () => changeJudge((config) => ({ branches: [], builtins: [createDangers(config)] }));

/** Introduced findings as policy, object and place, with the source they came through. */
export function introduced({ findings }: Report): readonly string[] {
  return findings
    .filter(({ status }) => status === "introduced")
    .map(({ policy, manifest, location, source = "-" }) => `${policy} ${manifest.name} ${location.path} ${source}`);
}

export const application = (path: string, more = "", name = "web"): string => attack.application(path, { more, name });
export const flux = (path: string, more = "", name = "web"): string =>
  [
    "apiVersion: kustomize.toolkit.fluxcd.io/v1",
    "kind: Kustomization",
    `metadata: { name: ${name}, namespace: flux-system, labels: { owner: me } }`,
    "spec:",
    "  prune: true",
    "  sourceRef: { kind: GitRepository, name: flux-system }",
    `  path: ${path}`,
    ...(more === "" ? [] : [`  ${more}`]),
    "",
  ].join("\n");
export const gitRepository = [
  "apiVersion: source.toolkit.fluxcd.io/v1",
  "kind: GitRepository",
  "metadata: { name: flux-system, namespace: flux-system, labels: { owner: me } }",
  `spec: { url: ${here} }`,
  "",
].join("\n");
export const hidden = "images: [{ name: nginx, newTag: '1' }]";
export const hiddenByArgo = ", kustomize: { images: ['nginx:1'] }";
export const plugin = ", plugin: { name: x }";
export const chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
export const template = (image: string): string => pod(image).replace("name: a", "name: {{ .Chart.Name }}");

export const overlay = { "prod/kustomization.yaml": kustomization("resources: [pod.yaml]"), "prod/pod.yaml": pod() };
export const worse = { ...overlay, "prod/pod.yaml": bad };
