package portcullis.namespaces.pod_security_test

import rego.v1

import data.portcullis.namespaces.pod_security

test_privileged_is_denied if {
	count(pod_security.deny) == 1 with input as {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}
}

test_other_standards_and_none_are_accepted if {
	count(pod_security.deny) == 0 with input as {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}
	count(pod_security.deny) == 0 with input as {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}
}
