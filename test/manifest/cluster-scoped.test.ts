import { expect, test } from "@jest/globals";
import { isClusterScoped } from "../../src/manifest/cluster-scoped.ts";

test.each([
  ["", "Namespace", true],
  ["", "ConfigMap", false],
  ["apps", "Deployment", false],
  ["rbac.authorization.k8s.io", "ClusterRole", true],
  ["networking.k8s.io", "ClusterCIDR", true],
  ["resource.k8s.io", "ResourceClass", true],
  ["resource.k8s.io", "ResourcePoolStatusRequest", true],
  ["scheduling.k8s.io", "PodGroup", false],
  ["auditregistration.k8s.io", "AuditSink", true],
  ["settings.k8s.io", "PodPreset", false],
  ["rbac.authorization.k8s.io", "Role", false],
  ["cert-manager.io", "ClusterIssuer", true],
  ["cert-manager.io", "Certificate", undefined],
  ["constraints.gatekeeper.sh", "K8sRequiredLabels", true],
  ["example.com", "Widget", undefined],
  ["constructor", "Widget", undefined],
])("whether %s/%s belongs to no namespace: %s", (group, kind, expected) => {
  expect(isClusterScoped(group, kind)).toBe(expected);
});
