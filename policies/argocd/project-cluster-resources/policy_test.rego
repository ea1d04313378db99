package portcullis.argocd.project_cluster_resources_test

import rego.v1

import data.portcullis.argocd.project_cluster_resources

project(entry) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": "team-a"}, "spec": {"clusterResourceWhitelist": [entry]}}

test_every_kind_is_denied if {
	project_cluster_resources.deny == {"AppProject \"team-a\" may create every cluster-wide kind of the group \"*\""} with input as project({"group": "*", "kind": "*"})
	count(project_cluster_resources.deny) == 1 with input as project({"group": "rbac.authorization.k8s.io", "kind": "*"})
}

test_named_kinds_are_accepted if {
	count(project_cluster_resources.deny) == 0 with input as project({"group": "", "kind": "Namespace"})
	count(project_cluster_resources.deny) == 0 with input as project({"group": "*", "kind": "Namespace"})
	count(project_cluster_resources.deny) == 0 with input as project({"group": "example.com", "kind": "*"})
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Application"}] {
		count(project_cluster_resources.deny) == 0 with input as object.union(project({"group": "*", "kind": "*"}), other)
	}
}
