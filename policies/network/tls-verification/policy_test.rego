package portcullis.network.tls_verification_test

import rego.v1

import data.portcullis.network.tls_verification

object_of(kind, spec) := {"kind": kind, "metadata": {"name": "web"}, "spec": spec}

test_what_verifies_nothing_is_denied if {
	every kind in ["ServersTransport", "ServersTransportTCP", "DestinationRule", "ServiceMonitor", "PodMonitor", "ScrapeConfig"] {
		tls_verification.deny == {sprintf("%s \"web\" does not verify the certificate of the server", [kind])} with input as object_of(kind, {"deep": [{"insecureSkipVerify": true}]})
	}
	count(tls_verification.deny) == 1 with input as object_of("APIService", {"insecureSkipTLSVerify": true})
}

test_what_verifies_is_accepted if {
	count(tls_verification.deny) == 0 with input as object_of("APIService", {"insecureSkipTLSVerify": false})
	count(tls_verification.deny) == 0 with input as object_of("ServiceMonitor", {"other": true})
	count(tls_verification.deny) == 0 with input as object_of("Other", {"insecureSkipVerify": true})
}

test_an_ingress_to_a_server_that_is_not_verified_is_denied if {
	ingress := {"kind": "Ingress", "metadata": {"name": "web", "annotations": {"nginx.ingress.kubernetes.io/proxy-ssl-verify": "off"}}}
	tls_verification.deny == {"Ingress \"web\" does not verify the certificate of the server"} with input as ingress
	count(tls_verification.deny) == 0 with input as object.union(ingress, {"kind": "Service"})
	count(tls_verification.deny) == 0 with input as object.union(ingress, {"metadata": {"annotations": {"nginx.ingress.kubernetes.io/proxy-ssl-verify": "on"}}})
}
