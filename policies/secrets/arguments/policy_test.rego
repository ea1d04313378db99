package portcullis.secrets.arguments_test

import rego.v1

import data.portcullis.secrets.arguments

pod(field, list) := {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "web", field: list}]}}

test_options_are_one_finding if {
	arguments.deny == {"the arguments of container \"web\" hold db-password, requirepass, token in plain text"} with input as pod("args", ["serve", "--db-password=hunter2", "--token", "8f14e45fceea167a5a36dedd4bea2543", "--requirepass", "Hunter2"])
	count(arguments.deny) == 1 with input as pod("command", ["serve", "-password=hunter2"])
}

test_references_and_files_are_accepted if {
	count(arguments.deny) == 0 with input as pod("args", ["--password=$(DB_PASSWORD)", "--password-file=/x", "--token", "--verbose8f14e45fceea167a5a", "--password", "-x", "password=hunter2", "--user=hunter2", "--password"])
}

test_documented_forms_have_a_policy_of_their_own if {
	count(arguments.deny) == 0 with input as pod("args", [concat("_", ["--token=ghp", "Q3EGWMTP5LNZVB6Jq8rVtKx2yHd4sUa7oPf9"])])
}
