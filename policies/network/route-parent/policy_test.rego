package portcullis.network.route_parent_test

import rego.v1

import data.portcullis.network.route_parent

route(kind, spec) := {"apiVersion": "gateway.networking.k8s.io/v1", "kind": kind, "metadata": {"name": "web"}, "spec": spec}

test_a_route_without_a_parent_is_denied if {
	every kind in ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"] {
		every spec in [{}, {"parentRefs": []}] {
			route_parent.deny == {sprintf("%s \"web\" names no Gateway", [kind])} with input as route(kind, spec)
		}
	}
}

test_a_route_with_a_parent_is_accepted if {
	count(route_parent.deny) == 0 with input as route("HTTPRoute", {"parentRefs": [{"name": "edge"}]})
}

test_other_kinds_are_not_judged if {
	count(route_parent.deny) == 0 with input as route("ReferenceGrant", {})
	count(route_parent.deny) == 0 with input as object.union(route("HTTPRoute", {}), {"apiVersion": "example.com/v1"})
}
