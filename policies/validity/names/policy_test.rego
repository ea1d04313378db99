package portcullis.validity.names_test

import rego.v1

import data.portcullis.validity.names

object_of(kind, name, labels) := {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "labels": labels}}

long := "a123456789b123456789c123456789d123456789e123456789f123456789123"

test_names_that_are_not_valid_are_denied if {
	every name in ["Web", "web_1", "-web", "web-", "web..a", "", "a b", concat(".", [long, long, long, long])] {
		names.deny == {sprintf("ConfigMap has the name %q, which is not a valid name", [name])} with input as object_of("ConfigMap", name, {})
	}
}

test_valid_names_are_accepted if {
	every name in ["web", "web-1", "web.example.com", "9", "${name}-web", "{{name}}-Web", concat(".", [long, long, long])] {
		count(names.deny) == 0 with input as object_of("ConfigMap", name, {})
	}
}

test_namespaces_and_services_are_one_label if {
	every kind in ["Namespace", "Service"] {
		count(names.deny) == 1 with input as object_of(kind, "web.example", {})
		count(names.deny) == 1 with input as object_of(kind, concat("", [long, "4"]), {})
		count(names.deny) == 0 with input as object_of(kind, long, {})
	}
	count(names.deny) == 0 with input as object.union(object_of("Service", "web.example", {}), {"apiVersion": "serving.knative.dev/v1"})
}

test_roles_have_names_with_colons if {
	every kind in ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"] {
		count(names.deny) == 0 with input as object_of(kind, "system:node_reader", {})
	}
}

test_labels_that_are_not_valid_are_denied if {
	every value in ["a b", "feature/login", "-a", "a-", "a_", "a.", concat("", [long, "4"])] {
		names.deny == {"label branch of ConfigMap \"web\" has a value that is not valid"} with input as object_of("ConfigMap", "web", {"branch": value})
	}
}

test_valid_labels_are_accepted if {
	every value in ["", "A", "v1.2_3-b", long, "${x y}", "{{ x }}"] {
		count(names.deny) == 0 with input as object_of("ConfigMap", "web", {"branch": value})
	}
}

test_what_is_not_text_is_left_to_the_schema if {
	count(names.deny) == 0 with input as object_of("ConfigMap", 12.5, {"a": -2})
}

test_apis_of_openshift_have_rules_of_their_own if {
	every group in ["authorization", "image", "oauth", "user"] {
		count(names.deny) == 0 with input as object.union(object_of("Group", "demo_team", {}), {"apiVersion": sprintf("%s.openshift.io/v1", [group])})
	}
	count(names.deny) == 1 with input as object.union(object_of("Route", "demo_team", {}), {"apiVersion": "route.openshift.io/v1"})
}
