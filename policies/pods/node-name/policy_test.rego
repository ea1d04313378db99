package portcullis.pods.node_name_test

import rego.v1

import data.portcullis.pods.node_name

test_node_name_is_denied if {
	count(node_name.deny) == 1 with input as {"kind": "Pod", "spec": {"nodeName": "a", "containers": [{"name": "web"}]}}
}

test_node_selector_is_accepted if {
	count(node_name.deny) == 0 with input as {"kind": "Pod", "spec": {"nodeSelector": {"disk": "fast"}, "containers": [{"name": "web"}]}}
}
