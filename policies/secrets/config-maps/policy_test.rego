package portcullis.secrets.config_maps_test

import rego.v1

import data.portcullis.secrets.config_maps

config(values) := {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": values}

test_keys_and_files_are_one_finding if {
	config_maps.deny == {"ConfigMap \"web\" holds a password or token in app.properties, password"} with input as config({"password": "hunter2", "app.properties": "a=b\ndb.password=hunter2\n", "log": "info"})
}

test_files_without_passwords_are_accepted if {
	count(config_maps.deny) == 0 with input as config({"app.properties": "a=b\ndb.password=${DB_PASSWORD}\n", "line": "password: hunter2"})
}

test_documented_forms_have_a_policy_of_their_own if {
	count(config_maps.deny) == 0 with input as config({"token": concat("_", ["ghp", "Q3EGWMTP5LNZVB6Jq8rVtKx2yHd4sUa7oPf9"])})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Secret"}] {
		count(config_maps.deny) == 0 with input as object.union(config({"password": "hunter2"}), other)
	}
}
