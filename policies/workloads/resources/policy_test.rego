package portcullis.workloads.resources_test

import rego.v1

import data.portcullis.workloads.resources

pod(resources) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "resources": resources}]}}

test_what_is_missing_is_one_finding if {
	resources.deny == {"container \"web\" has no requests.cpu, requests.memory, limits.memory"} with input as pod({})
}

test_a_missing_memory_limit_is_named if {
	denials := resources.deny with input as pod({"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1"}})
	denials == {"container \"web\" has no limits.memory"}
}

test_requests_and_a_memory_limit_are_enough if {
	count(resources.deny) == 0 with input as pod({"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}})
}
