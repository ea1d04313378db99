package portcullis.workloads.repeated_environment_test

import rego.v1

import data.portcullis.workloads.repeated_environment

pod(names) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "env": [{"name": name, "value": "x"} | some name in names]}]}}

test_a_variable_that_is_set_twice_is_denied if {
	repeated_environment.deny == {"container \"web\" sets LOG twice"} with input as pod(["LOG", "PORT", "LOG"])
}

test_different_variables_are_accepted if {
	count(repeated_environment.deny) == 0 with input as pod(["LOG", "PORT", "log"])
}
