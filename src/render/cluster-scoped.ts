/** The cluster-scoped kinds of Kubernetes' own groups (API reference of Kubernetes 1.34, and of older versions). */
const kubernetes: { readonly [group: string]: readonly string[] } = {
  "": ["ComponentStatus", "Namespace", "Node", "PersistentVolume"],
  "admissionregistration.k8s.io": [
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ],
  "apiextensions.k8s.io": ["CustomResourceDefinition"],
  "apiregistration.k8s.io": ["APIService"],
  apps: [],
  "authentication.k8s.io": ["SelfSubjectReview", "TokenReview"],
  "authorization.k8s.io": ["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
  autoscaling: [],
  batch: [],
  "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
  "coordination.k8s.io": [],
  "discovery.k8s.io": [],
  "events.k8s.io": [],
  extensions: ["PodSecurityPolicy"],
  "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
  "internal.apiserver.k8s.io": ["StorageVersion"],
  "networking.k8s.io": ["IPAddress", "IngressClass", "ServiceCIDR"],
  "node.k8s.io": ["RuntimeClass"],
  policy: ["PodSecurityPolicy"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
  "resource.k8s.io": ["DeviceClass", "DeviceTaintRule", "ResourceSlice"],
  "scheduling.k8s.io": ["PriorityClass"],
  "storage.k8s.io": ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
  "storagemigration.k8s.io": ["StorageVersionMigration"],
};

/** Cluster-scoped kinds of common operators, whose CRDs are rarely in the tree that uses them; `*`: all of the group. */
const custom: { readonly [group: string]: readonly string[] } = {
  "apiextensions.crossplane.io": ["*"],
  "argoproj.io": ["ClusterAnalysisTemplate", "ClusterWorkflowTemplate"],
  "cert-manager.io": ["ClusterIssuer"],
  "cilium.io": ["CiliumClusterwideNetworkPolicy", "CiliumL2AnnouncementPolicy", "CiliumLoadBalancerIPPool"],
  "config.gatekeeper.sh": [],
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
  const own = Object.hasOwn(kubernetes, group) ? kubernetes[group] : undefined;
  if (own !== undefined) return own.includes(kind);
  const known = Object.hasOwn(custom, group) ? custom[group] : undefined;
  return known?.some((one) => one === "*" || one === kind) === true ? true : undefined;
}
