# METADATA
# title: Projects list the cluster-wide kinds that they may create
# description: >-
#   A project that allows every cluster-wide kind lets its Applications create ClusterRoleBindings and admission
#   webhooks.
#    List the kinds.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - argocd/least-privilege
package portcullis.argocd.project_cluster_resources

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "AppProject"
	startswith(input.apiVersion, "argoproj.io/")
	some entry in input.spec.clusterResourceWhitelist
	entry.group in {"*", "rbac.authorization.k8s.io"}
	entry.kind == "*"
	message := sprintf("AppProject %q may create every cluster-wide kind of the group %q", [kubernetes.name, entry.group])
}
