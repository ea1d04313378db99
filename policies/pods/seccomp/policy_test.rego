package portcullis.pods.seccomp_test

import rego.v1

import data.portcullis.pods.seccomp

test_unconfined_pod_is_denied if {
	seccomp.deny == {"the pod sets seccomp profile \"Unconfined\""} with input as {"kind": "Pod", "spec": {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}}
}

test_unconfined_container_is_denied if {
	containers := [{"name": "web", "securityContext": {"seccompProfile": {"type": "Unconfined"}}}]
	count(seccomp.deny) == 1 with input as {"kind": "Pod", "spec": {"containers": containers}}
}

test_runtime_default_and_silence_are_accepted if {
	count(seccomp.deny) == 0 with input as {"kind": "Pod", "spec": {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}, "containers": [{"name": "web"}]}}
}

annotated(value) := {"kind": "Pod", "metadata": {"annotations": {"container.seccomp.security.alpha.kubernetes.io/web": value, "container.seccomp.security.alpha.kubernetes.io/other": "unconfined"}}, "spec": {"containers": [{"name": "web"}]}}

test_annotations_count_before_1_19 if {
	count(seccomp.deny) == 1 with input as annotated("unconfined") with data.portcullis.kubernetes as "1.18"
	count(seccomp.deny) == 0 with input as annotated("unconfined") with data.portcullis.kubernetes as "1.19"
	every value in ["runtime/default", "docker/default", "localhost/web"] {
		count(seccomp.deny) == 0 with input as annotated(value) with data.portcullis.kubernetes as "1.18"
	}
}
