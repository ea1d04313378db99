package portcullis.network.dashboards_test

import rego.v1

import data.portcullis.network.dashboards

pod(field, argument) := {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "ui", field: ["run", argument]}]}}

test_options_that_let_anyone_in_are_denied if {
	every argument in ["--enable-skip-login", "--enable-skip-login=true", "--enable-insecure-login", "--api.insecure=true", "--anonymous-auth=true", "--disable-skip=false", "--auth-mode=server"] {
		dashboards.deny == {sprintf("container \"ui\" runs with %s, which lets anyone in", [argument])} with input as pod("args", argument)
		count(dashboards.deny) == 1 with input as pod("command", argument)
	}
}

test_others_are_accepted if {
	every argument in ["--enable-skip-login=false", "--api.insecure=false", "--auth-mode=sso", "--disable-skip=true", "x--api.insecure", "--api-insecure", 8] {
		count(dashboards.deny) == 0 with input as pod("args", argument)
	}
}
