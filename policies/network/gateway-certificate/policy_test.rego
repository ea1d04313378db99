package portcullis.network.gateway_certificate_test

import rego.v1

import data.portcullis.network.gateway_certificate

gateway(listener) := {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "edge"}, "spec": {"listeners": [object.union({"name": "web"}, listener)]}}

test_tls_without_a_certificate_is_denied if {
	every listener in [{"protocol": "HTTPS"}, {"protocol": "HTTPS", "tls": {"mode": "Terminate"}}, {"protocol": "TLS", "tls": {}}] {
		gateway_certificate.deny == {"listener \"web\" of Gateway \"edge\" terminates TLS and has no certificate"} with input as gateway(listener)
	}
}

test_listeners_with_one_or_without_need_are_accepted if {
	every listener in [
		{"protocol": "HTTP"},
		{"protocol": "TLS", "tls": {"mode": "Passthrough"}},
		{"protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "web-tls"}]}},
		{"protocol": "HTTPS", "tls": {"options": {"networking.gke.io/pre-shared-certs": "web"}}},
	] {
		count(gateway_certificate.deny) == 0 with input as gateway(listener)
	}
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "networking.istio.io/v1"}, {"kind": "ListenerSet"}] {
		count(gateway_certificate.deny) == 0 with input as object.union(gateway({"protocol": "HTTPS"}), other)
	}
}
