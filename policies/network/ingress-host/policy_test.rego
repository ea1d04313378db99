package portcullis.network.ingress_host_test

import rego.v1

import data.portcullis.network.ingress_host

ingress(spec) := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": spec}

test_a_rule_for_every_host_is_denied if {
	ingress_host.deny == {"a rule of Ingress \"web\" serves every host"} with input as ingress({"rules": [{"host": "a.example.com"}, {"http": {}}]})
	ingress_host.deny == {"a rule of Ingress \"web\" serves the hosts \"*.com\""} with input as ingress({"rules": [{"host": "*.com"}]})
	ingress_host.deny == {"a rule of Ingress \"web\" serves the hosts \"*\""} with input as ingress({"rules": [{"host": "*"}]})
}

test_a_default_backend_alone_is_denied if {
	ingress_host.deny == {"the default backend of Ingress \"web\" serves every host"} with input as ingress({"defaultBackend": {}})
	count(ingress_host.deny) == 1 with input as ingress({"defaultBackend": {}, "rules": []})
	count(ingress_host.deny) == 0 with input as ingress({"defaultBackend": {}, "rules": [{"host": "a.example.com"}]})
}

test_hosts_are_accepted if {
	every host in ["a.example.com", "*.example.com"] {
		count(ingress_host.deny) == 0 with input as ingress({"rules": [{"host": host}]})
	}
	count(ingress_host.deny) == 0 with input as ingress({"rules": []})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Route"}] {
		count(ingress_host.deny) == 0 with input as object.union(ingress({"rules": [{}, {"host": "*"}]}), other)
		count(ingress_host.deny) == 0 with input as object.union(ingress({"defaultBackend": {}}), other)
	}
}
