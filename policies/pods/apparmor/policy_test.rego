package portcullis.pods.apparmor_test

import rego.v1

import data.portcullis.pods.apparmor

unconfined := {"appArmorProfile": {"type": "Unconfined"}}

test_unconfined_pod_and_container_are_denied if {
	spec := {"securityContext": unconfined, "containers": [{"name": "web", "securityContext": unconfined}]}
	denials := apparmor.deny with input as {"kind": "Pod", "spec": spec}
	denials == {"the pod sets AppArmor profile \"Unconfined\"", "container \"web\" sets AppArmor profile \"Unconfined\""}
}

test_profiles_of_runtime_and_node_are_accepted if {
	every type in ["RuntimeDefault", "Localhost"] {
		count(apparmor.deny) == 0 with input as {"kind": "Pod", "spec": {"securityContext": {"appArmorProfile": {"type": type}}}}
	}
}

annotated(value) := {"kind": "Pod", "metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/web": value}}, "spec": {"containers": [{"name": "web"}]}}

test_unconfined_annotation_is_denied if {
	count(apparmor.deny) == 1 with input as annotated("unconfined")
}

test_other_annotations_are_accepted if {
	every value in ["", "runtime/default", "localhost/web"] {
		count(apparmor.deny) == 0 with input as annotated(value)
	}
}
