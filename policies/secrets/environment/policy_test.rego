package portcullis.secrets.environment_test

import rego.v1

import data.portcullis.secrets.environment

pod(env) := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "web", "env": env}]}}

test_readable_variables_are_one_finding if {
	environment.deny == {"container \"web\" has API_TOKEN, DB_PASSWORD in plain text"} with input as pod([{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "API_TOKEN", "value": "8f14e45fceea167a5a36dedd4bea2543"}, {"name": "LOG", "value": "info"}])
}

test_references_are_accepted if {
	count(environment.deny) == 0 with input as pod([{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}, {"name": "PGPASSWORD", "value": "$(DB_PASSWORD)"}])
}

test_documented_forms_have_a_policy_of_their_own if {
	count(environment.deny) == 0 with input as pod([{"name": "API_TOKEN", "value": concat("_", ["ghp", "Q3EGWMTP5LNZVB6Jq8rVtKx2yHd4sUa7oPf9"])}])
}
