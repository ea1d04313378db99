package portcullis.validity.ingress_test

import rego.v1

import data.portcullis.validity.ingress

ingress_of(metadata, spec) := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": object.union({"name": "web"}, metadata), "spec": spec}

annotated := {"annotations": {"kubernetes.io/ingress.class": "nginx"}}

path(type, text) := {"rules": [{"http": {"paths": [{"pathType": type, "path": text}]}}]}

test_a_class_in_two_places_is_denied if {
	ingress.deny == {"Ingress \"web\" names its class in ingressClassName and in an annotation"} with input as ingress_of(annotated, {"ingressClassName": "nginx"})
	count(ingress.deny) == 0 with input as ingress_of(annotated, {})
	count(ingress.deny) == 0 with input as ingress_of({}, {"ingressClassName": "nginx"})
}

test_a_path_without_a_slash_is_denied if {
	every type in ["Prefix", "Exact"] {
		ingress.deny == {"a path of Ingress \"web\" does not begin with a slash"} with input as ingress_of({}, path(type, "api"))
		count(ingress.deny) == 0 with input as ingress_of({}, path(type, "/api"))
	}
	count(ingress.deny) == 1 with input as ingress_of({}, {"rules": [{"http": {"paths": [{"pathType": "Prefix"}]}}]})
}

test_what_the_controller_interprets_may_be_anything if {
	count(ingress.deny) == 0 with input as ingress_of({}, path("ImplementationSpecific", "api"))
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "IngressRoute"}] {
		count(ingress.deny) == 0 with input as object.union(ingress_of(annotated, {"ingressClassName": "nginx"}), other)
	}
}
