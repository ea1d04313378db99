import { expect, test } from "@jest/globals";
import type { SourceKind, SourceTraits } from "../../../src/model/source.ts";
import { dangersOf, manifest, source, state } from "./states.ts";

const NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";
const DEFINITION =
  "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: widgets.example.com }\nspec: { names: { kind: Widget } }\n";
const CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data, namespace: shop }\n";
const STATEFUL = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db, namespace: shop }\n";

/** What is said when an object leaves a source that stays, or goes with it. */
function lost(
  text: string,
  kind: SourceKind | undefined,
  traits: SourceTraits = {},
  how: { readonly goes?: true; readonly path?: string } = {},
): readonly string[] {
  if (kind === undefined) return dangersOf(state([manifest(text)]), state([]));
  const owner = source("Owner a/b", kind, traits);
  const position = { path: how.path ?? "apps/all.yaml", document: 0, line: 1, pointer: "" };
  return dangersOf(
    state([manifest(text, { source: owner.id, position })], [owner]),
    state([], how.goes === true ? [] : [owner]),
  ).filter((line) => line.includes("changes/deletion"));
}

const everything = "everything in it is deleted with it";

test.each<[string, readonly string[], string]>([
  [
    "a Namespace that Flux prunes",
    lost(NAMESPACE, "flux-kustomization", { prune: true }),
    `warn changes/deletion shop: Namespace shop leaves the desired state; Owner a/b prunes it; ${everything}`,
  ],
  [
    "a Namespace that Flux does not prune",
    lost(NAMESPACE, "flux-kustomization", { prune: false }),
    "info changes/deletion shop: Namespace shop leaves the desired state; it stays in the cluster: Owner a/b does not prune",
  ],
  [
    "a Namespace that is marked for Flux",
    lost(
      NAMESPACE.replace("name: shop", "name: shop, annotations: { kustomize.toolkit.fluxcd.io/prune: Disabled }"),
      "flux-kustomization",
      { prune: true },
    ),
    "info changes/deletion shop: Namespace shop leaves the desired state; it stays in the cluster: kustomize.toolkit.fluxcd.io/prune: disabled",
  ],
  [
    "a mark of Flux under Argo CD means nothing",
    lost(
      NAMESPACE.replace("name: shop", "name: shop, annotations: { kustomize.toolkit.fluxcd.io/prune: disabled }"),
      "argocd-application",
      { prune: true },
    ),
    `warn changes/deletion shop: Namespace shop leaves the desired state; Owner a/b prunes it; ${everything}`,
  ],
  [
    "a claim with finalizers",
    lost(CLAIM.replace("name: data", "name: data, finalizers: [kubernetes.io/pvc-protection]"), "argocd-application", {
      prune: true,
    }),
    "warn changes/deletion data: PersistentVolumeClaim shop/data leaves the desired state; Owner a/b prunes it; its data is deleted with it if the volume's reclaim policy is Delete; its finalizers run first: kubernetes.io/pvc-protection",
  ],
  [
    "a claim that Argo CD is told to keep",
    lost(
      CLAIM.replace(
        "name: data",
        'name: data, annotations: { argocd.argoproj.io/sync-options: "Validate=false, Prune=false" }',
      ),
      "argocd-application",
      { prune: true },
    ),
    "info changes/deletion data: PersistentVolumeClaim shop/data leaves the desired state; it stays in the cluster: Prune=false",
  ],
  [
    "a claim that waits for a person",
    lost(
      CLAIM.replace("name: data", "name: data, annotations: { argocd.argoproj.io/sync-options: Prune=confirm }"),
      "argocd-application",
      { prune: true },
    ),
    "warn changes/deletion data: PersistentVolumeClaim shop/data leaves the desired state; Owner a/b prunes it, once someone confirms it; its data is deleted with it if the volume's reclaim policy is Delete",
  ],
  [
    "Prune=false does not keep what goes with its Application",
    lost(
      CLAIM.replace("name: data", "name: data, annotations: { argocd.argoproj.io/sync-options: Prune=false }"),
      "argocd-application",
      { cascades: true },
      { goes: true },
    ),
    "warn changes/deletion data: PersistentVolumeClaim shop/data leaves the desired state; Owner a/b is removed and deletes what it applied; its data is deleted with it if the volume's reclaim policy is Delete",
  ],
  [
    "a definition that goes with its Application",
    lost(DEFINITION, "argocd-application", { cascades: true }, { goes: true }),
    "info changes/deletion widgets.example.com: CustomResourceDefinition widgets.example.com leaves the desired state; it stays in the cluster: Argo CD never deletes a CustomResourceDefinition with its Application",
  ],
  [
    "a definition that Flux prunes",
    lost(DEFINITION, "flux-kustomization", { prune: true }),
    "warn changes/deletion widgets.example.com: CustomResourceDefinition widgets.example.com leaves the desired state; Owner a/b prunes it; every Widget in the cluster is deleted with it",
  ],
  [
    "a definition of a chart's crds",
    lost(DEFINITION, "flux-helmrelease", { prune: true }, { path: "charts/widgets/crds/widget.yaml" }),
    "info changes/deletion widgets.example.com: CustomResourceDefinition widgets.example.com leaves the desired state; it stays in the cluster: Helm never deletes what is in a chart's crds directory",
  ],
  [
    "a StatefulSet that Helm is told to keep",
    lost(
      STATEFUL.replace("name: db,", "name: db, annotations: { helm.sh/resource-policy: keep },"),
      "flux-helmrelease",
      { prune: true },
    ),
    "info changes/deletion db: StatefulSet shop/db leaves the desired state; it stays in the cluster: helm.sh/resource-policy: keep",
  ],
  [
    "a StatefulSet under a suspended Kustomization",
    lost(STATEFUL, "flux-kustomization", { prune: true, suspended: true }),
    "warn changes/deletion db: StatefulSet shop/db leaves the desired state; Owner a/b prunes it, once it is resumed; its Pods are deleted with it, but the claims of its volumeClaimTemplates stay",
  ],
  [
    "a StatefulSet whose claims go too",
    lost(
      `${STATEFUL}spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete } }`,
      "flux-kustomization",
      { cascades: true },
      { goes: true },
    ),
    "warn changes/deletion db: StatefulSet shop/db leaves the desired state; Owner a/b is removed and deletes what it applied; its claims and their data are deleted with it",
  ],
  [
    "an Application without finalizer that goes",
    lost(NAMESPACE, "argocd-application", { cascades: false }, { goes: true }),
    "info changes/deletion shop: Namespace shop leaves the desired state; it stays in the cluster: Owner a/b is removed without deleting what it applied",
  ],
  [
    "a root that nothing in the tree applies",
    lost(NAMESPACE, "kustomize"),
    `warn changes/deletion shop: Namespace shop leaves the desired state; whether it is deleted depends on what applies Owner a/b; ${everything}`,
  ],
  [
    "a plain file",
    lost(NAMESPACE, undefined),
    `warn changes/deletion shop: Namespace shop leaves the desired state; whether it is deleted depends on what applies apps/all.yaml; ${everything}`,
  ],
])("what becomes of it is said: %s", (_, found, expected) => {
  expect(found).toEqual([expected]);
});

test("what is easily made again may be deleted", () => {
  const text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n";
  expect(lost(text, "flux-kustomization", { prune: true })).toEqual([]);
});

test("what moves to another file or source is not deleted", () => {
  const [one, other] = [source("Owner a/one", "kustomize"), source("Owner a/two", "kustomize")];
  expect(
    dangersOf(
      state([manifest(NAMESPACE, { source: one.id })], [one]),
      state([manifest(NAMESPACE, { source: other.id })], [other]),
    ),
  ).toEqual([]);
});

test("a second source that still yields it is named", () => {
  const traits = { prune: true };
  const [one, other] = [source("A a/a", "flux-kustomization", traits), source("B b/b", "flux-kustomization", traits)];
  const at = (path: string) => ({ path, document: 0, line: 1, pointer: "" });
  const both = [
    manifest(NAMESPACE, { source: one.id, position: at("a.yaml") }),
    manifest(NAMESPACE, { source: other.id, position: at("b.yaml") }),
  ];
  expect(dangersOf(state(both, [one, other]), state(both.slice(1), [one, other]))).toEqual([
    `warn changes/deletion shop: Namespace shop leaves the desired state; A a/a prunes it; ${everything}; B b/b also yields it and would create it again`,
  ]);
});

test("an object that leaves one of two environments is deleted there", () => {
  const owner = source("A a/a", "flux-kustomization", { prune: true });
  const there = (environment: string) => manifest(NAMESPACE, { source: owner.id, environment });
  const found = dangersOf(state([there("eu"), there("us")], [owner]), state([there("eu")], [owner]));
  expect(found).toHaveLength(1);
});
