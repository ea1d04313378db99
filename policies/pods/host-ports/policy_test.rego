package portcullis.pods.host_ports_test

import rego.v1

import data.portcullis.pods.host_ports

test_host_port_is_denied if {
	ports := [{"containerPort": 8080}, {"containerPort": 9090, "hostPort": 9090}]
	host_ports.deny == {"container \"web\" opens port 9090 of its node"} with input as {"kind": "Pod", "spec": {"containers": [{"name": "web", "ports": ports}]}}
}

test_container_ports_and_zero_are_accepted if {
	ports := [{"containerPort": 8080}, {"containerPort": 9090, "hostPort": 0}]
	count(host_ports.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web", "ports": ports}]}}
}
