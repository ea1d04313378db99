import type { Policy } from "../../model/policy.ts";

const id = (name: string): Pick<Policy, "id" | "package"> => ({ id: `changes/${name}`, package: `changes/${name}` });

/** The policies of the dangers: what each finds and how to comply. See docs/dangers.md. */
export const dangers = {
  deletion: {
    ...id("deletion"),
    title: "Objects that hold data or other objects are not deleted by accident",
    description:
      "A Namespace, a CustomResourceDefinition, a PersistentVolumeClaim or a StatefulSet leaves the desired state. Where the GitOps tool prunes, it is deleted together with what depends on it. If that is not intended, put it back, or mark it to be kept: Prune=false (Argo CD), kustomize.toolkit.fluxcd.io/prune: disabled (Flux), helm.sh/resource-policy: keep (Helm).",
    docs: "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/",
  },
  guardrail: {
    ...id("guardrail"),
    title: "What limits other objects is not deleted or made weaker unnoticed",
    description:
      "The change deletes or loosens an object that limits what others may do: an admission policy or its binding, a Pod Security label, an AppProject, a NetworkPolicy, a quota or a disruption budget, or it grants more rights. Restore it. If it is intended, let the owner of the cluster approve it, and set the level of changes/guardrail for that change in the configuration of the gated branch first.",
    docs: "https://kubernetes.io/docs/concepts/security/security-checklist/",
  },
  immutableField: {
    ...id("immutable-field"),
    title: "Fields that are immutable after creation are not changed",
    description:
      "Kubernetes refuses to update this field, so the sync fails and keeps failing, and so does everything after it. Give the object another name, or delete it first in a separate change.",
    docs: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates",
  },
  prune: {
    ...id("prune"),
    title: "GitOps objects do not delete their workloads unnoticed",
    description:
      "Removing or changing this GitOps object makes its controller delete objects that it has applied. To keep them, remove the finalizer (Argo CD) or set prune: false (Flux) in an earlier change.",
    docs: "https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/",
  },
  suspended: {
    ...id("suspended"),
    title: "Changed manifests are reconciled",
    description:
      "The Flux object that applies these manifests is suspended: after the merge, nothing happens until someone resumes it, perhaps much later. Resume it in this change, or tell the person who will.",
    docs: "https://fluxcd.io/flux/components/kustomize/kustomizations/#suspend",
  },
  twoOwners: {
    ...id("two-owners"),
    title: "Each object has one owner",
    description:
      "Two sources in one environment yield the same object. They overwrite each other, and the first to prune deletes it for both. Keep it in only one of them.",
    docs: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#fail-the-sync-if-a-shared-resource-is-found",
  },
  unjudged: {
    ...id("unjudged"),
    title: "Nothing leaves judgement while it changes",
    description:
      "A GitOps object is removed, and a file that it reads changes in the same change. A controller that still has the object would apply that file, but its plan can no longer be asked of the tree, so that nobody judges what it would apply. Remove the object in one change, and alter the files in another.",
    docs: "https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/",
  },
} as const satisfies { readonly [name: string]: Policy };
