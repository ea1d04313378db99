package portcullis.references.repeated_hosts_test

import rego.v1

import data.portcullis.references.repeated_hosts

ingress(name, class, path, annotations) := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": name, "namespace": "shop", "annotations": annotations}, "spec": {"ingressClassName": class, "rules": [{"host": "www.example.com", "http": {"paths": [path]}}]}}

inventory(other) := {"namespace": {"shop": {"networking.k8s.io/v1": {"Ingress": {other.metadata.name: other}}}}}

test_the_later_of_two_is_denied if {
	repeated_hosts.deny == {"Ingress \"web\" serves www.example.com/, as Ingress shop/api does"} with input as ingress("web", "nginx", {"path": "/"}, {}) with data.portcullis.inventory as inventory(ingress("api", "nginx", {}, {}))
	count(repeated_hosts.deny) == 0 with input as ingress("web", "nginx", {"path": "/"}, {}) with data.portcullis.inventory as inventory(ingress("www", "nginx", {"path": "/"}, {}))
	count(repeated_hosts.deny) == 0 with input as ingress("web", "nginx", {"path": "/"}, {}) with data.portcullis.inventory as inventory(ingress("web", "nginx", {"path": "/"}, {}))
}

test_another_path_class_or_a_canary_is_accepted if {
	count(repeated_hosts.deny) == 0 with input as ingress("web", "nginx", {"path": "/"}, {}) with data.portcullis.inventory as inventory(ingress("api", "nginx", {"path": "/api"}, {}))
	count(repeated_hosts.deny) == 0 with input as ingress("web", "nginx", {"path": "/"}, {}) with data.portcullis.inventory as inventory(ingress("api", "internal", {"path": "/"}, {}))
	canary := {"nginx.ingress.kubernetes.io/canary": "true"}
	count(repeated_hosts.deny) == 0 with input as ingress("web", "nginx", {"path": "/"}, canary) with data.portcullis.inventory as inventory(ingress("api", "nginx", {"path": "/"}, {}))
	count(repeated_hosts.deny) == 0 with input as ingress("web", "nginx", {"path": "/"}, {}) with data.portcullis.inventory as inventory(ingress("api", "nginx", {"path": "/"}, canary))
}

test_the_class_may_be_an_annotation if {
	old := object.remove(ingress("web", "", {"path": "/"}, {"kubernetes.io/ingress.class": "nginx"}), [])
	without_field := {"apiVersion": old.apiVersion, "kind": "Ingress", "metadata": old.metadata, "spec": {"rules": old.spec.rules}}
	count(repeated_hosts.deny) == 1 with input as without_field with data.portcullis.inventory as inventory(ingress("api", "nginx", {"path": "/"}, {}))
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Other"}] {
		count(repeated_hosts.deny) == 0 with input as object.union(ingress("web", "nginx", {"path": "/"}, {}), other) with data.portcullis.inventory as inventory(ingress("api", "nginx", {"path": "/"}, {}))
	}
}
