package portcullis.network.gateway_routes_test

import rego.v1

import data.portcullis.network.gateway_routes

gateway(from) := {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "edge"}, "spec": {"listeners": [{"name": "web", "allowedRoutes": {"namespaces": {"from": from}}}]}}

test_routes_from_all_namespaces_are_denied if {
	gateway_routes.deny == {"listener \"web\" of Gateway \"edge\" takes routes from all namespaces"} with input as gateway("All")
}

test_selected_namespaces_are_accepted if {
	count(gateway_routes.deny) == 0 with input as gateway("Selector")
	count(gateway_routes.deny) == 0 with input as gateway("Same")
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "networking.istio.io/v1"}, {"kind": "ListenerSet"}] {
		count(gateway_routes.deny) == 0 with input as object.union(gateway("All"), other)
	}
}
