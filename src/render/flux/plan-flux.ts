import type { GitOpsObject, PlanContext, Planned, Planner } from "../gitops.ts";
import { nothingPlanned } from "./nothing-planned.ts";
import { planFluxInstance } from "./plan-operator.ts";
import { planResourceSet } from "./resource-set/plan-resource-set.ts";
import { planHelmRelease } from "./plan-helm-release.ts";
import { planKustomization } from "./plan-kustomization.ts";

type Plan = (object: GitOpsObject, context: PlanContext) => Promise<Planned> | Planned;

/** Sources, alerts and the like: known objects that yield no manifests of their own. */
const recognised: Plan = () => nothingPlanned;

const planners: { readonly [groupAndKind: string]: Plan } = {
  "kustomize.toolkit.fluxcd.io/Kustomization": planKustomization,
  "helm.toolkit.fluxcd.io/HelmRelease": planHelmRelease,
  "fluxcd.controlplane.io/FluxInstance": planFluxInstance,
  "fluxcd.controlplane.io/ResourceSet": planResourceSet,
  "fluxcd.controlplane.io/ResourceSetInputProvider": recognised,
  "source.toolkit.fluxcd.io/GitRepository": recognised,
  "source.toolkit.fluxcd.io/OCIRepository": recognised,
  "source.toolkit.fluxcd.io/HelmRepository": recognised,
  "source.toolkit.fluxcd.io/HelmChart": recognised,
  "source.toolkit.fluxcd.io/Bucket": recognised,
  "source.toolkit.fluxcd.io/ExternalArtifact": recognised,
  "source.extensions.fluxcd.io/ArtifactGenerator": recognised,
  "image.toolkit.fluxcd.io/ImageRepository": recognised,
  "image.toolkit.fluxcd.io/ImagePolicy": recognised,
  "image.toolkit.fluxcd.io/ImageUpdateAutomation": recognised,
  "notification.toolkit.fluxcd.io/Alert": recognised,
  "notification.toolkit.fluxcd.io/Provider": recognised,
  "notification.toolkit.fluxcd.io/Receiver": recognised,
};

/** Plans what Flux's controllers apply for an object. Kustomizations and HelmReleases are rendered; their sources are resolved from there. */
export const planFlux: Planner = async (object, context) => {
  const { group, kind } = object.manifest.identity;
  return planners[`${group}/${kind}`]?.(object, context);
};
