package portcullis.network.node_port_test

import rego.v1

import data.portcullis.network.node_port

service(type) := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"type": type}}

test_a_node_port_is_denied if {
	node_port.deny == {"Service \"web\" opens a port on every node"} with input as service("NodePort")
}

test_other_types_and_kinds_are_accepted if {
	count(node_port.deny) == 0 with input as service("ClusterIP")
	count(node_port.deny) == 0 with input as object.union(service("NodePort"), {"apiVersion": "example.com/v1"})
	count(node_port.deny) == 0 with input as object.union(service("NodePort"), {"kind": "Broker"})
}
