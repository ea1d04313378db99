# METADATA
# title: Nobody is bound to cluster-admin
# description: >-
#   cluster-admin may do everything: everywhere, or by a RoleBinding everything in its namespace, Secrets and roles included.
#   Bind a role with just the rights that are used.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: critical
#   controls:
#   - CIS-Kubernetes/5.1.1
package portcullis.rbac.cluster_admin

import rego.v1

deny contains message if {
	input.kind in {"ClusterRoleBinding", "RoleBinding"}
	input.roleRef.kind == "ClusterRole"
	input.roleRef.name == "cluster-admin"
	message := sprintf("%s %q binds cluster-admin", [input.kind, input.metadata.name])
}
