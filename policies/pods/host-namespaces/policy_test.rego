package portcullis.pods.host_namespaces_test

import rego.v1

import data.portcullis.pods.host_namespaces

test_each_host_namespace_is_denied if {
	every field in ["hostNetwork", "hostPID", "hostIPC"] {
		count(host_namespaces.deny) == 1 with input as {"kind": "Pod", "spec": {field: true}}
	}
}

test_two_host_namespaces_are_two_denials if {
	count(host_namespaces.deny) == 2 with input as {"kind": "DaemonSet", "spec": {"template": {"spec": {"hostPID": true, "hostIPC": true}}}}
}

test_false_and_absent_are_accepted if {
	count(host_namespaces.deny) == 0 with input as {"kind": "Pod", "spec": {"hostNetwork": false, "containers": []}}
}
