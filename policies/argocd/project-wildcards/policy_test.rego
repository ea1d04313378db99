package portcullis.argocd.project_wildcards_test

import rego.v1

import data.portcullis.argocd.project_wildcards

project(spec) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": "payments"}, "spec": spec}

test_all_repositories_are_denied if {
	count(project_wildcards.deny) == 1 with input as project({"sourceRepos": ["https://git.example.com/a", "*"]})
}

test_all_destinations_are_denied if {
	count(project_wildcards.deny) == 1 with input as project({"destinations": [{"server": "*", "namespace": "*"}]})
}

test_every_namespace_of_one_cluster_is_accepted if {
	count(project_wildcards.deny) == 0 with input as project({"destinations": [{"server": "https://kubernetes.default.svc", "namespace": "*"}]})
}

test_named_repositories_are_accepted if {
	count(project_wildcards.deny) == 0 with input as project({"sourceRepos": ["https://git.example.com/payments/*"]})
}

test_a_cluster_by_name_counts_as_one_by_server if {
	count(project_wildcards.deny) == 1 with input as project({"destinations": [{"name": "*", "namespace": "*"}]})
}
