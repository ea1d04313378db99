package portcullis.references.ingress_port_test

import rego.v1

import data.portcullis.references.ingress_port

ingress_to(name, port) := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"rules": [{"http": {"paths": [{"backend": {"service": {"name": name, "port": port}}}]}}]}}

inventory := {"namespace": {"shop": {"v1": {"Service": {"web": {"spec": {"ports": [{"name": "http", "port": 80}]}}}}}}}

test_a_missing_port_is_denied if {
	every port in [{"number": 81}, {"name": "web"}] {
		ingress_port.deny == {"Ingress \"web\" leads to a port that Service \"web\" does not have"} with input as ingress_to("web", port) with data.portcullis.inventory as inventory
	}
}

test_existing_ones_are_accepted if {
	every port in [{"number": 80}, {"name": "http"}, {"name": "use-annotation"}] {
		count(ingress_port.deny) == 0 with input as ingress_to("web", port) with data.portcullis.inventory as inventory
	}
}

test_what_is_not_known_is_accepted if {
	count(ingress_port.deny) == 0 with input as ingress_to("api", {"number": 81}) with data.portcullis.inventory as inventory
	external := {"namespace": {"shop": {"v1": {"Service": {"web": {"spec": {"type": "ExternalName"}}}}}}}
	count(ingress_port.deny) == 0 with input as ingress_to("web", {"number": 81}) with data.portcullis.inventory as external
	every several in [{"networking.k8s.io/v1": {"Ingress": {"web": true}}}, {"v1": {"Service": {"web": true}}}] {
		both := object.union(inventory, {"several": {"namespace": {"shop": several}}})
		count(ingress_port.deny) == 0 with input as ingress_to("web", {"number": 81}) with data.portcullis.inventory as both
	}
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Other"}] {
		count(ingress_port.deny) == 0 with input as object.union(ingress_to("web", {"number": 81}), other) with data.portcullis.inventory as inventory
	}
}
