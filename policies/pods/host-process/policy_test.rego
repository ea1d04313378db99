package portcullis.pods.host_process_test

import rego.v1

import data.portcullis.pods.host_process

test_host_process_of_a_container_is_denied if {
	container := {"name": "web", "securityContext": {"windowsOptions": {"hostProcess": true}}}
	host_process.deny == {"container \"web\" runs as a process of its node"} with input as {"kind": "Pod", "spec": {"containers": [container]}}
}

test_host_process_of_a_pod_is_denied if {
	spec := {"securityContext": {"windowsOptions": {"hostProcess": true}}, "containers": [{"name": "web"}]}
	host_process.deny == {"the pod runs as a process of its node"} with input as {"kind": "Pod", "spec": spec}
}

test_false_is_accepted if {
	container := {"name": "web", "securityContext": {"windowsOptions": {"hostProcess": false}}}
	count(host_process.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": [container]}}
}
