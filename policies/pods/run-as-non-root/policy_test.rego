package portcullis.pods.run_as_non_root_test

import rego.v1

import data.portcullis.pods.run_as_non_root

pod(context, container) := {"kind": "Pod", "spec": {"securityContext": context, "containers": [object.union({"name": "web"}, container)]}}

test_neither_pod_nor_container_says_non_root if {
	count(run_as_non_root.deny) == 1 with input as pod({}, {})
}

test_the_pod_setting_covers_its_containers if {
	count(run_as_non_root.deny) == 0 with input as pod({"runAsNonRoot": true}, {})
}

test_a_container_overrides_its_pod if {
	count(run_as_non_root.deny) == 1 with input as pod({"runAsNonRoot": true}, {"securityContext": {"runAsNonRoot": false}})
	count(run_as_non_root.deny) == 0 with input as pod({"runAsNonRoot": false}, {"securityContext": {"runAsNonRoot": true}})
}

test_user_zero_is_denied_even_where_non_root_is_set if {
	count(run_as_non_root.deny) == 1 with input as pod({"runAsNonRoot": true}, {"securityContext": {"runAsUser": 0}})
	count(run_as_non_root.deny) == 1 with input as pod({"runAsNonRoot": true, "runAsUser": 0}, {})
}
