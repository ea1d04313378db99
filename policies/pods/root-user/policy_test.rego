package portcullis.pods.root_user_test

import rego.v1

import data.portcullis.pods.root_user

pod(context, container) := {"kind": "Pod", "spec": {"securityContext": context, "containers": [object.union({"name": "web"}, container)]}}

test_user_zero_of_a_container_is_denied_even_where_non_root_is_set if {
	root_user.deny == {"container \"web\" runs as user 0"} with input as pod({"runAsNonRoot": true}, {"securityContext": {"runAsUser": 0}})
}

test_user_zero_of_a_pod_is_denied_even_where_non_root_is_set if {
	root_user.deny == {"the pod runs as user 0"} with input as pod({"runAsNonRoot": true, "runAsUser": 0}, {})
}

test_another_user_or_none_is_accepted if {
	count(root_user.deny) == 0 with input as pod({"runAsUser": 1000}, {"securityContext": {"runAsUser": 1001}})
	count(root_user.deny) == 0 with input as pod({}, {})
}

root := {"kind": "Pod", "spec": {"hostUsers": false, "securityContext": {"runAsUser": 0}, "containers": [{"name": "web", "securityContext": {"runAsUser": 0}}]}}

test_root_with_users_of_its_own_is_accepted_since_1_35 if {
	count(root_user.deny) == 0 with input as root
	count(root_user.deny) == 2 with input as root with data.portcullis.kubernetes as "1.34"
}

test_the_standard_has_it_since_1_23 if {
	count(root_user.deny) == 0 with input as pod({"runAsUser": 0}, {"securityContext": {"runAsUser": 0}}) with data.portcullis.kubernetes as "1.22"
}
