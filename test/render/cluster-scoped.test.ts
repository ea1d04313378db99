import { expect, test } from "@jest/globals";
import { isClusterScoped } from "../../src/render/cluster-scoped.ts";

test.each([
  ["", "Namespace", true],
  ["", "ConfigMap", false],
  ["apps", "Deployment", false],
  ["rbac.authorization.k8s.io", "ClusterRole", true],
  ["rbac.authorization.k8s.io", "Role", false],
  ["cert-manager.io", "ClusterIssuer", true],
  ["cert-manager.io", "Certificate", undefined],
  ["constraints.gatekeeper.sh", "K8sRequiredLabels", true],
  ["example.com", "Widget", undefined],
  ["constructor", "Widget", undefined],
])("whether %s/%s belongs to no namespace: %s", (group, kind, expected) => {
  expect(isClusterScoped(group, kind)).toBe(expected);
});
