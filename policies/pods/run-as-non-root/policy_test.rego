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
}

test_a_pod_that_says_false_is_denied_whatever_its_containers_say if {
	expected := {"the pod may run as root: it sets runAsNonRoot to false"}
	run_as_non_root.deny == expected with input as pod({"runAsNonRoot": false}, {"securityContext": {"runAsNonRoot": true}})
	run_as_non_root.deny == expected with input as pod({"runAsNonRoot": false}, {})
}

test_several_containers_of_one_pod_are_one_finding if {
	containers := [{"name": "web"}, {"name": "proxy"}, {"name": "own", "securityContext": {"runAsNonRoot": true}}]
	run_as_non_root.deny == {"containers \"proxy\", \"web\" may run as root: runAsNonRoot is true neither there nor on the pod"} with input as {"kind": "Pod", "spec": {"containers": containers}}
}

with_own_users := {"kind": "Pod", "spec": {"hostUsers": false, "containers": [{"name": "web", "securityContext": {"runAsNonRoot": false}}]}}

test_a_pod_with_users_of_its_own_is_accepted_since_1_35 if {
	count(run_as_non_root.deny) == 0 with input as with_own_users
	count(run_as_non_root.deny) == 1 with input as with_own_users with data.portcullis.kubernetes as "1.34"
}

test_a_pod_without_containers_is_accepted if {
	count(run_as_non_root.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": []}}
}
