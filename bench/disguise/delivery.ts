import type { HelmSet } from "../../src/model/renderer.ts";
import type { MemoryFile } from "../../src/tree/memory-tree.ts";
import { here, yaml, type Draft } from "./objects.ts";

/** A tree in the making. */
export type Files = Map<string, MemoryFile>;

/** What a cluster gets of the tree: one directory, read one way, as one GitOps object or a person's command applies it. */
export interface Delivery {
  readonly name: string;
  /** `push`: `kubectl apply`, `kubectl apply -k` or `helm install`, which nothing in the tree tells. */
  readonly tool: "argo" | "flux" | "push";
  readonly as: "files" | "kustomize" | "helm";
  readonly path: string;
  /** The file with the object that applies it; absent where another object generates that. */
  readonly declaredIn?: string;
  /** Without the directories below it. */
  readonly flat?: true;
  /** An edit of images, in Kustomize's form. */
  readonly images?: readonly { readonly name: string; readonly newTag: string }[];
  readonly patches?: readonly Draft[];
  readonly values?: Draft;
  readonly valueFiles?: readonly string[];
  readonly set?: readonly HelmSet[];
  readonly substitute?: { readonly [name: string]: string };
  /** Fields of the object's spec beside these. */
  readonly more?: Draft;
}

/** The GitOps object of a delivery. */
function objectOf(delivery: Delivery, change: (object: Draft) => void = () => {}): Draft {
  const object = delivery.tool === "argo" ? application(delivery) : fluxObject(delivery);
  Object.assign(object["spec"], delivery.more);
  change(object);
  return object;
}

/** Writes the GitOps object of a delivery into its file. */
export function declare(files: Files, delivery: Delivery, change?: (object: Draft) => void): void {
  if (delivery.declaredIn !== undefined) files.set(delivery.declaredIn, yaml(objectOf(delivery, change)));
}

function application({ name, path, as, images, patches, values, valueFiles }: Delivery): Draft {
  const kustomize = {
    ...(images === undefined ? {} : { images: images.map((one) => `${one.name}:${one.newTag}`) }),
    ...(patches === undefined ? {} : { patches: patches.map((patch) => ({ patch: yaml(patch) })) }),
  };
  const helm = {
    ...(values === undefined ? {} : { valuesObject: values }),
    ...(valueFiles === undefined ? {} : { valueFiles }),
  };
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: "argocd" },
    spec: {
      project: "default",
      destination: { server: "https://kubernetes.default.svc", namespace: name },
      source: {
        repoURL: here,
        targetRevision: "main",
        path,
        ...(as === "files" ? { directory: { recurse: true } } : {}),
        ...(Object.keys(kustomize).length > 0 ? { kustomize } : {}),
        ...(Object.keys(helm).length > 0 ? { helm } : {}),
      },
    },
  };
}

function fluxObject({ name, path, as, images, patches, values, valueFiles, substitute }: Delivery): Draft {
  const sourceRef = { kind: "GitRepository", name: "fleet", namespace: "flux-system" };
  if (as === "helm") {
    return {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name, namespace: "flux-system" },
      spec: {
        interval: "10m",
        targetNamespace: name,
        chart: {
          spec: {
            chart: `./${path}`,
            sourceRef,
            ...(valueFiles === undefined ? {} : { valuesFiles: valueFiles.map((file) => `./${path}/${file}`) }),
          },
        },
        ...(values === undefined ? {} : { values }),
      },
    };
  }
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: "flux-system" },
    spec: {
      interval: "10m",
      prune: true,
      path: `./${path}`,
      sourceRef,
      targetNamespace: name,
      ...(images === undefined ? {} : { images }),
      ...(patches === undefined ? {} : { patches: patches.map((patch) => ({ patch: yaml(patch) })) }),
      ...(substitute === undefined ? {} : { postBuild: { substitute } }),
    },
  };
}

export const gitRepository = {
  apiVersion: "source.toolkit.fluxcd.io/v1",
  kind: "GitRepository",
  metadata: { name: "fleet", namespace: "flux-system" },
  spec: { interval: "1m", url: here, ref: { branch: "main" } },
};
