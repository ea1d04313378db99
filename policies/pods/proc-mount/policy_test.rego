package portcullis.pods.proc_mount_test

import rego.v1

import data.portcullis.pods.proc_mount

test_unmasked_is_denied if {
	container := {"name": "web", "securityContext": {"procMount": "Unmasked"}}
	count(proc_mount.deny) == 1 with input as {"kind": "Pod", "spec": {"containers": [container]}}
}

test_default_is_accepted if {
	container := {"name": "web", "securityContext": {"procMount": "Default"}}
	count(proc_mount.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": [container]}}
}
