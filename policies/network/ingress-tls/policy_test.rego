package portcullis.network.ingress_tls_test

import rego.v1

import data.portcullis.network.ingress_tls

ingress(hosts, more) := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": object.union({"rules": [{"host": host} | some host in hosts]}, more)}

annotated(key, value) := object.union(ingress(["a.example.com"], {}), {"metadata": {"annotations": {key: value}}})

test_hosts_without_tls_are_one_finding if {
	ingress_tls.deny == {"Ingress \"web\" serves a.example.com, b.example.com without TLS"} with input as ingress(["b.example.com", "a.example.com"], {})
}

test_only_hosts_that_are_not_covered_are_named if {
	ingress_tls.deny == {"Ingress \"web\" serves b.example.com without TLS"} with input as ingress(["b.example.com", "a.example.com"], {"tls": [{"hosts": ["a.example.com"]}]})
	count(ingress_tls.deny) == 1 with input as ingress(["a.b.example.com"], {"tls": [{"hosts": ["*.example.com"]}]})
	count(ingress_tls.deny) == 1 with input as ingress(["a.example.com"], {"tls": [{"hosts": ["?.example.com"]}]})
}

test_covered_hosts_are_accepted if {
	every tls in [{"hosts": ["a.example.com"]}, {"hosts": ["x.example.com", "*.example.com"]}, {"secretName": "web-tls"}, {"hosts": []}] {
		count(ingress_tls.deny) == 0 with input as ingress(["a.example.com"], {"tls": [tls]})
	}
	count(ingress_tls.deny) == 0 with input as ingress([], {"rules": [{"http": {}}]})
}

test_certificates_elsewhere_are_accepted if {
	every key in [
		"alb.ingress.kubernetes.io/certificate-arn", "appgw.ingress.kubernetes.io/appgw-ssl-certificate", "ingress.gcp.kubernetes.io/pre-shared-cert",
		"networking.gke.io/managed-certificates", "traefik.ingress.kubernetes.io/router.tls", "traefik.ingress.kubernetes.io/router.tls.certresolver",
	] {
		count(ingress_tls.deny) == 0 with input as annotated(key, "x")
	}
	count(ingress_tls.deny) == 0 with input as annotated("alb.ingress.kubernetes.io/listen-ports", "[{\"HTTPS\": 443}]")
	count(ingress_tls.deny) == 1 with input as annotated("alb.ingress.kubernetes.io/listen-ports", "[{\"HTTP\": 80}]")
	every class in ["tailscale", "cloudflare-tunnel"] {
		count(ingress_tls.deny) == 0 with input as ingress(["a.example.com"], {"ingressClassName": class})
	}
	count(ingress_tls.deny) == 1 with input as ingress(["a.example.com"], {"ingressClassName": "nginx"})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Route"}] {
		count(ingress_tls.deny) == 0 with input as object.union(ingress(["a.example.com"], {}), other)
	}
}
