package portcullis.pods.proc_mount_test

import rego.v1

import data.portcullis.pods.proc_mount

with_mount(fields, mount) := {"kind": "Pod", "spec": object.union(fields, {"containers": [{"name": "web", "securityContext": {"procMount": mount}}]})}

test_unmasked_is_denied if {
	proc_mount.deny == {"container \"web\" sees all of /proc: procMount is Unmasked"} with input as with_mount({}, "Unmasked")
}

test_default_is_accepted if {
	count(proc_mount.deny) == 0 with input as with_mount({}, "Default")
}

test_a_pod_with_its_own_users_may_unmask_since_1_35 if {
	count(proc_mount.deny) == 0 with input as with_mount({"hostUsers": false}, "Unmasked")
	count(proc_mount.deny) == 1 with input as with_mount({"hostUsers": true}, "Unmasked")
	count(proc_mount.deny) == 1 with input as with_mount({"hostUsers": false}, "Unmasked") with data.portcullis.kubernetes as "1.34"
}

test_settings_of_custom_kinds_are_judged if {
	setting := {"securityContext": {"procMount": "Unmasked"}}
	count(proc_mount.deny) == 1 with input as {"apiVersion": "kafka.strimzi.io/v1", "kind": "Kafka", "spec": {"kafka": {"template": {"kafkaContainer": setting}}}}
}
