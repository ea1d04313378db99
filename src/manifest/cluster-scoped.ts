import { clusterScopedKinds, kubernetesGroups } from "./kubernetes-kinds.ts";

/** Cluster-scoped kinds of common operators, whose CRDs are rarely in the tree that uses them; `*`: all of the group. */
const custom: { readonly [group: string]: readonly string[] } = {
  "apiextensions.crossplane.io": ["*"],
  "argoproj.io": ["ClusterAnalysisTemplate", "ClusterWorkflowTemplate"],
  "cert-manager.io": ["ClusterIssuer"],
  "cilium.io": ["CiliumClusterwideNetworkPolicy", "CiliumL2AnnouncementPolicy", "CiliumLoadBalancerIPPool"],
  "config.openshift.io": ["*"],
  "constraints.gatekeeper.sh": ["*"],
  "external-secrets.io": ["ClusterExternalSecret", "ClusterPushSecret", "ClusterSecretStore"],
  "gateway.networking.k8s.io": ["GatewayClass"],
  "karpenter.k8s.aws": ["EC2NodeClass"],
  "karpenter.sh": ["NodeClaim", "NodePool"],
  "kyverno.io": ["ClusterCleanupPolicy", "ClusterPolicy", "GlobalContextEntry"],
  "pkg.crossplane.io": ["*"],
  "policy.networking.k8s.io": ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy"],
  "project.openshift.io": ["Project"],
  "snapshot.storage.k8s.io": ["VolumeSnapshotClass", "VolumeSnapshotContent"],
  "templates.gatekeeper.sh": ["ConstraintTemplate"],
};

/** Whether a kind is cluster-scoped; undefined where only its CRD (`spec.scope`) tells. */
export function isClusterScoped(group: string, kind: string): boolean | undefined {
  if (kubernetesGroups.has(group)) return clusterScopedKinds.has(`${group}/${kind}`);
  const known = Object.hasOwn(custom, group) ? custom[group] : undefined;
  return known?.some((one) => one === "*" || one === kind) === true ? true : undefined;
}
