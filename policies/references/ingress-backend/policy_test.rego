package portcullis.references.ingress_backend_test

import rego.v1

import data.portcullis.references.ingress_backend

ingress_to(name, port) := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"rules": [{"http": {"paths": [{"backend": {"service": {"name": name, "port": port}}}]}}]}}

inventory := {"namespace": {"shop": {"v1": {"Service": {"web": {"spec": {"ports": [{"name": "http", "port": 80}]}}}}}}}

test_a_missing_service_is_denied if {
	ingress_backend.deny == {"Ingress \"web\" leads to Service \"api\", which does not exist"} with input as ingress_to("api", {"number": 80}) with data.portcullis.inventory as inventory
}

test_existing_ones_are_accepted if {
	every port in [{"number": 80}, {"name": "http"}] {
		count(ingress_backend.deny) == 0 with input as ingress_to("web", port) with data.portcullis.inventory as inventory
	}
}

test_what_is_not_known_is_accepted if {
	count(ingress_backend.deny) == 0 with input as ingress_to("api", {"number": 80}) with data.portcullis.inventory as {"namespace": {}}
	chart := {"namespace": {"shop": {"helm.toolkit.fluxcd.io/v2": {"HelmRelease": {"api": {"metadata": {"name": "api"}, "spec": {}}}}}}}
	count(ingress_backend.deny) == 0 with input as ingress_to("api", {"number": 80}) with data.portcullis.inventory as object.union(inventory, chart)
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Other"}] {
		count(ingress_backend.deny) == 0 with input as object.union(ingress_to("api", {"number": 80}), other) with data.portcullis.inventory as inventory
	}
}

test_the_default_backend_is_judged if {
	catch_all := object.union(ingress_to("web", {"number": 80}), {"spec": {"defaultBackend": {"service": {"name": "api"}}}})
	count(ingress_backend.deny) == 1 with input as catch_all with data.portcullis.inventory as inventory
}

test_services_of_operators_and_actions_are_accepted if {
	made := object.union(inventory, {"namespace": {"shop": {"example.com/v1": {"Database": {"api": {}}}}}})
	count(ingress_backend.deny) == 0 with input as ingress_to("api-rw", {"number": 80}) with data.portcullis.inventory as made
	count(ingress_backend.deny) == 0 with input as ingress_to("api", {"name": "use-annotation"}) with data.portcullis.inventory as inventory
}
