package portcullis.validity.repeated_names_test

import rego.v1

import data.portcullis.validity.repeated_names

pod(spec) := {"apiVersion": "v1", "kind": "Pod", "spec": spec}

test_two_containers_with_one_name_are_denied if {
	repeated_names.deny == {"two containers are named \"web\""} with input as pod({"containers": [{"name": "web"}], "initContainers": [{"name": "web"}]})
}

test_two_init_containers_with_one_name_are_denied if {
	count(repeated_names.deny) == 1 with input as pod({"containers": [{"name": "web"}], "initContainers": [{"name": "setup"}, {"name": "setup"}]})
	count(repeated_names.deny) == 1 with input as pod({"containers": [{"name": "web"}, {"name": "web"}]})
}

test_two_volumes_with_one_name_are_denied if {
	repeated_names.deny == {"two volumes are named \"cache\""} with input as pod({"containers": [{"name": "web"}], "volumes": [{"name": "cache"}, {"name": "config"}, {"name": "cache"}]})
}

test_two_ports_with_one_name_are_denied if {
	repeated_names.deny == {"two ports of container \"web\" are named \"http\""} with input as pod({"containers": [{"name": "web", "ports": [{"name": "http"}, {"name": "http"}]}]})
}

test_names_of_different_things_may_be_equal if {
	count(repeated_names.deny) == 0 with input as pod({"containers": [{"name": "web", "ports": [{"name": "web"}]}, {"name": "proxy", "ports": [{"name": "web"}]}], "volumes": [{"name": "web"}]})
}
