package portcullis.pods.proc_mount_own_users_test

import rego.v1

import data.portcullis.pods.proc_mount_own_users

pod(users, mount) := {"kind": "Pod", "spec": {"hostUsers": users, "containers": [{"name": "web", "securityContext": {"procMount": mount}}]}}

test_unmasked_is_denied_with_users_of_its_own if {
	proc_mount_own_users.deny == {"container \"web\" sees all of /proc: procMount is Unmasked"} with input as pod(false, "Unmasked")
}

test_default_is_accepted if {
	count(proc_mount_own_users.deny) == 0 with input as pod(false, "Default")
}

test_users_of_the_node_are_left_to_its_own_policy if {
	count(proc_mount_own_users.deny) == 0 with input as pod(true, "Unmasked")
}
