import type { Identity } from "../../model/manifest.ts";

/** Whether an object tells a GitOps controller what to apply, or how to read those that do. */
export function isGitOps({ group, kind, name }: Identity): boolean {
  // Flags of Flux's controllers decide how they read their objects.
  if (group === "apps") return kind === "Deployment" && (name === "kustomize-controller" || name === "helm-controller");
  return group === "argoproj.io" || group.endsWith(".fluxcd.io") || group === "fluxcd.controlplane.io";
}

/** Whether an object decides what else is applied (GitOps objects) or may hold values for it (ConfigMaps, Secrets). */
export function isOfInterest(identity: Identity): boolean {
  return isGitOps(identity) || (identity.group === "" && (identity.kind === "ConfigMap" || identity.kind === "Secret"));
}
