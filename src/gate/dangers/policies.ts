import type { Policy } from "../../model/policy.ts";

const id = (name: string): Pick<Policy, "id" | "package"> => ({ id: `changes/${name}`, package: `changes/${name}` });

/** The policies of the dangers: what each finds and how to comply. See docs/dangers.md. */
export const dangers = {
  deletion: {
    ...id("deletion"),
    title: "What holds data or other objects is not deleted by the way",
    description:
      "A Namespace, a CustomResourceDefinition, a PersistentVolumeClaim or a StatefulSet leaves the desired state. Where the GitOps tool prunes, it is deleted with what depends on it. If that is not meant, put it back, or mark it to be kept: Prune=false (Argo CD), kustomize.toolkit.fluxcd.io/prune: disabled (Flux), helm.sh/resource-policy: keep (Helm).",
    docs: "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/",
  },
  immutableField: {
    ...id("immutable-field"),
    title: "Fields that Kubernetes fixes at creation stay as they are",
    description:
      "Kubernetes refuses an update of this field, so that the sync fails and stays failed, with all that follows it. Give the object another name, or delete it in a step of its own before.",
    docs: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates",
  },
  prune: {
    ...id("prune"),
    title: "No GitOps object takes its workloads with it unnoticed",
    description:
      "Removing or changing this GitOps object makes its controller delete the objects that it had applied. If they are to stay, take away the finalizer (Argo CD) or set prune: false (Flux) in a change before this one.",
    docs: "https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/",
  },
  suspended: {
    ...id("suspended"),
    title: "What is changed is also reconciled",
    description:
      "The Flux object that applies these manifests is suspended: the change is merged and nothing happens until somebody resumes it, perhaps much later. Resume it in this change, or tell the one who does.",
    docs: "https://fluxcd.io/flux/components/kustomize/kustomizations/#suspend",
  },
  twoOwners: {
    ...id("two-owners"),
    title: "One object has one owner",
    description:
      "Two sources of one environment yield the same object: they overwrite each other, and whichever prunes first deletes it for both. Leave it to one of them.",
    docs: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#fail-the-sync-if-a-shared-resource-is-found",
  },
} as const satisfies { readonly [name: string]: Policy };
