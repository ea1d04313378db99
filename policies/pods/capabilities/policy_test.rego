package portcullis.pods.capabilities_test

import rego.v1

import data.portcullis.pods.capabilities

with_added(capabilities) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "securityContext": {"capabilities": {"add": capabilities}}}]}}

test_dangerous_capability_is_denied if {
	capabilities.deny == {"container \"web\" adds capability SYS_ADMIN"} with input as with_added(["CHOWN", "SYS_ADMIN"])
}

test_all_is_denied if {
	count(capabilities.deny) == 1 with input as with_added(["ALL"])
}

test_default_capabilities_are_accepted if {
	count(capabilities.deny) == 0 with input as with_added(["NET_BIND_SERVICE", "CHOWN"])
}
