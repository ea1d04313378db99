package portcullis.pods.seccomp_profile_test

import rego.v1

import data.portcullis.pods.seccomp_profile

profile := {"seccompProfile": {"type": "RuntimeDefault"}}

pod(fields, container) := {"kind": "Pod", "spec": object.union(fields, {"containers": [object.union({"name": "web"}, container)]})}

test_no_profile_is_denied if {
	seccomp_profile.deny == {"neither the pod nor its container \"web\" names a seccomp profile"} with input as pod({}, {})
}

test_a_profile_of_the_pod_or_the_container_is_accepted if {
	count(seccomp_profile.deny) == 0 with input as pod({"securityContext": profile}, {})
	count(seccomp_profile.deny) == 0 with input as pod({}, {"securityContext": profile})
}

test_several_containers_of_one_pod_are_one_finding if {
	containers := [{"name": "web"}, {"name": "proxy"}, {"name": "own", "securityContext": profile}]
	seccomp_profile.deny == {"neither the pod nor its containers \"proxy\", \"web\" names a seccomp profile"} with input as {"kind": "Pod", "spec": {"containers": containers}}
}

test_windows_pods_cannot_have_one if {
	count(seccomp_profile.deny) == 0 with input as pod({"os": {"name": "windows"}}, {})
}

test_the_standard_has_it_since_1_19 if {
	count(seccomp_profile.deny) == 0 with input as pod({}, {}) with data.portcullis.kubernetes as "1.18"
	count(seccomp_profile.deny) == 1 with input as pod({}, {}) with data.portcullis.kubernetes as "1.19"
}

test_a_pod_without_containers_of_which_none_lacks_one_is_accepted if {
	count(seccomp_profile.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": []}}
	count(seccomp_profile.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web", "securityContext": profile}]}}
}
