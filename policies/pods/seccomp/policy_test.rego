package portcullis.pods.seccomp_test

import rego.v1

import data.portcullis.pods.seccomp

test_unconfined_pod_is_denied if {
	count(seccomp.deny) == 1 with input as {"kind": "Pod", "spec": {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}}
}

test_unconfined_container_is_denied if {
	containers := [{"name": "web", "securityContext": {"seccompProfile": {"type": "Unconfined"}}}]
	count(seccomp.deny) == 1 with input as {"kind": "Pod", "spec": {"containers": containers}}
}

test_runtime_default_and_silence_are_accepted if {
	count(seccomp.deny) == 0 with input as {"kind": "Pod", "spec": {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}, "containers": [{"name": "web"}]}}
}
