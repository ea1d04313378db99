import { expect, test } from "@jest/globals";
import { planFlux } from "../../../src/render/flux/plan-flux.ts";
import { contextOf, manifestsOf, plan } from "./plan.ts";

const object = (apiVersion: string, kind: string, spec = "{}"): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x, namespace: flux-system}\nspec: ${spec}\n`;

test.each([
  ["source.toolkit.fluxcd.io/v1", "GitRepository"],
  ["source.toolkit.fluxcd.io/v1beta2", "Bucket"],
  ["image.toolkit.fluxcd.io/v1", "ImageUpdateAutomation"],
  ["source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator"],
])("%s %s is Flux's and yields nothing by itself", async (apiVersion, kind) => {
  const planned = await plan({ "x.yaml": object(apiVersion, kind) }, `${kind} x`);
  expect(planned).toEqual({ plans: [], children: [], gaps: [], problems: [], violations: [], reads: [] });
});

test.each([
  ["v1", "ConfigMap"],
  ["kustomize.config.k8s.io/v1beta1", "Kustomization"],
  ["argoproj.io/v1alpha1", "Application"],
  ["toString/v1", "constructor"],
])("%s %s is not Flux's", async (apiVersion, kind) => {
  const files = { "x.yaml": object(apiVersion, kind) };
  const [manifest] = manifestsOf(files);
  expect(await planFlux({ manifest: manifest!, environments: [] }, contextOf(files, [], {}))).toBeUndefined();
});

test.each(["Kustomization", "HelmRelease"])(
  "a %s whose fields have wrong types is a problem, not a crash",
  async (kind) => {
    const group = kind === "Kustomization" ? "kustomize" : "helm";
    for (const spec of ["[]", "null", "x", "{sourceRef: 1, chart: [], chartRef: x, dependsOn: x, values: 1}"]) {
      const files = { "x.yaml": object(`${group}.toolkit.fluxcd.io/v1`, kind, spec) };
      expect((await plan(files, `${kind} x`)).problems).toHaveLength(1);
    }
  },
);

test("a FluxInstance stands for a source and the Kustomization that applies it", async () => {
  const spec =
    "{sync: {kind: GitRepository, url: 'https://github.com/acme/fleet', ref: refs/heads/main, path: clusters/prod}}";
  const { children } = await plan(
    { "x.yaml": object("fluxcd.controlplane.io/v1", "FluxInstance", spec) },
    "FluxInstance x",
  );
  expect(
    children.map(({ manifest }) => [manifest.identity.kind, manifest.identity.name, manifest.value["spec"]]),
  ).toEqual([
    ["GitRepository", "flux-system", { url: "https://github.com/acme/fleet", ref: { name: "refs/heads/main" } }],
    [
      "Kustomization",
      "flux-system",
      { sourceRef: { kind: "GitRepository", name: "flux-system" }, path: "clusters/prod", prune: true },
    ],
  ]);
});
