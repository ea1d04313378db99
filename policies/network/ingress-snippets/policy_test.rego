package portcullis.network.ingress_snippets_test

import rego.v1

import data.portcullis.network.ingress_snippets

ingress(kind, key) := {"apiVersion": "networking.k8s.io/v1", "kind": kind, "metadata": {"name": "web", "annotations": {key: "deny all;"}}}

test_snippets_are_denied if {
	ingress_snippets.deny == {"Ingress \"web\" brings configuration of nginx in nginx.ingress.kubernetes.io/server-snippet"} with input as ingress("Ingress", "nginx.ingress.kubernetes.io/server-snippet")
	every key in ["nginx.ingress.kubernetes.io/configuration-snippet", "nginx.ingress.kubernetes.io/auth-snippet", "nginx.org/location-snippets", "nginx.org/server-snippets"] {
		count(ingress_snippets.deny) == 1 with input as ingress("Ingress", key)
	}
}

test_other_annotations_are_accepted if {
	every key in ["nginx.ingress.kubernetes.io/rewrite-target", "example.com/server-snippet", "nginx.ingress.kubernetes.io/snippet-owner", "nginx-org/server-snippets", "x-nginx.org/server-snippets"] {
		count(ingress_snippets.deny) == 0 with input as ingress("Ingress", key)
	}
	count(ingress_snippets.deny) == 0 with input as ingress("Service", "nginx.org/server-snippets")
}
