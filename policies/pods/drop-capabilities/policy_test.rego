package portcullis.pods.drop_capabilities_test

import rego.v1

import data.portcullis.pods.drop_capabilities

with_capabilities(capabilities) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "securityContext": {"capabilities": capabilities}}]}}

test_no_setting_is_denied if {
	drop_capabilities.deny == {"container \"web\" does not drop all capabilities"} with input as {"kind": "Pod", "spec": {"containers": [{"name": "web"}]}}
}

test_single_dropped_capabilities_are_denied if {
	count(drop_capabilities.deny) == 1 with input as with_capabilities({"drop": ["NET_RAW"]})
}

test_all_dropped_is_accepted_with_low_ports if {
	count(drop_capabilities.deny) == 0 with input as with_capabilities({"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})
}

test_a_default_capability_that_is_added_back_is_denied if {
	drop_capabilities.deny == {"container \"web\" adds capability CHOWN"} with input as with_capabilities({"drop": ["ALL"], "add": ["CHOWN", "SYS_ADMIN"]})
}

windows := {"kind": "Pod", "spec": {"os": {"name": "windows"}, "containers": [{"name": "web"}]}}

test_windows_pods_cannot_have_capabilities if {
	count(drop_capabilities.deny) == 0 with input as windows
	count(drop_capabilities.deny) == 1 with input as windows with data.portcullis.kubernetes as "1.24"
}

test_the_standard_has_it_since_1_22 if {
	count(drop_capabilities.deny) == 0 with input as with_capabilities({}) with data.portcullis.kubernetes as "1.21"
}
