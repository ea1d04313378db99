# METADATA
# title: No binding grants cluster-admin
# description: >-
#   cluster-admin allows everything in the cluster, or with a RoleBinding everything in one namespace, including Secrets and roles.
#   Bind a role with only the rights that are used.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: critical
#   controls:
#   - CIS-Kubernetes/5.1.1
#   - NSA/authorization
package portcullis.rbac.cluster_admin

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"ClusterRoleBinding", "RoleBinding"}
	input.roleRef.kind == "ClusterRole"
	input.roleRef.name == "cluster-admin"
	message := sprintf("%s %q binds cluster-admin", [input.kind, kubernetes.name])
}
