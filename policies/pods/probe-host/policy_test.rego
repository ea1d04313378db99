package portcullis.pods.probe_host_test

import rego.v1

import data.portcullis.pods.probe_host

probed(fields) := {"kind": "Pod", "spec": {"containers": [object.union({"name": "web"}, fields)]}}

request := {"host": "169.254.169.254", "port": 80}

test_a_host_is_denied_in_every_probe_and_hook if {
	every fields in [
		{"livenessProbe": {"httpGet": request}},
		{"readinessProbe": {"tcpSocket": request}},
		{"startupProbe": {"httpGet": request}},
		{"lifecycle": {"postStart": {"httpGet": request}}},
		{"lifecycle": {"preStop": {"tcpSocket": request}}},
	] {
		probe_host.deny == {"container \"web\" has a probe or hook that the kubelet sends to 169.254.169.254"} with input as probed(fields)
	}
}

test_requests_to_the_pod_are_accepted if {
	every fields in [{"livenessProbe": {"httpGet": {"port": 80}}}, {"lifecycle": {"preStop": {"exec": {"command": ["stop"]}}}}, {"livenessProbe": {"httpGet": {"host": "", "port": 80}}}] {
		count(probe_host.deny) == 0 with input as probed(fields)
	}
}

test_the_standard_has_it_since_1_34 if {
	count(probe_host.deny) == 0 with input as probed({"livenessProbe": {"httpGet": request}}) with data.portcullis.kubernetes as "1.33"
}
