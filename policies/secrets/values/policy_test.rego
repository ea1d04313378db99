package portcullis.secrets.values_test

import rego.v1

import data.portcullis.secrets.values

release(settings) := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "db"}, "spec": {"values": settings}}

application(spec) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "db"}, "spec": spec}

text := "auth:\n  password: hunter2\n"

test_values_of_a_release_are_one_finding if {
	values.deny == {{"msg": "the values of HelmRelease \"db\" hold apiKey, password in plain text", "details": {"path": ["spec", "values", "auth", "password"]}}} with input as release({"auth": {"password": "hunter2"}, "list": [{"apiKey": "8f14e45fceea167a5a36dedd4bea2543"}], "port": 80})
}

test_values_of_an_application_are_found_wherever_they_are if {
	every source in [{"helm": {"values": text}}, {"helm": {"valuesObject": {"password": "hunter2"}}}, {"helm": {"parameters": [{"name": "auth.password", "value": "hunter2"}]}}] {
		[result.details.path[0] | some result in values.deny] == ["spec"] with input as application({"source": source})
		[array.slice(result.details.path, 0, 4) | some result in values.deny] == [["spec", "sources", 1, "helm"]] with input as application({"sources": [{"chart": "x"}, source]})
		count(values.deny) == 0 with input as object.union(application({"source": source}), {"apiVersion": "example.com/v1"})
		count(values.deny) == 0 with input as object.union(application({"source": source}), {"kind": "Other"})
	}
}

test_values_of_a_chart_of_k3s_are_found if {
	chart := {"apiVersion": "helm.cattle.io/v1", "kind": "HelmChart", "metadata": {"name": "db"}, "spec": {"valuesContent": text}}
	values.deny == {{"msg": "the values of HelmChart \"db\" hold password in plain text", "details": {"path": ["spec", "valuesContent"]}}} with input as chart
	count(values.deny) == 0 with input as object.union(chart, {"apiVersion": "source.toolkit.fluxcd.io/v1"})
	count(values.deny) == 0 with input as object.union(chart, {"kind": "HelmChartConfig"})
}

test_references_are_accepted if {
	count(values.deny) == 0 with input as release({"auth": {"existingSecret": "db", "password": "", "secretKeys": {"adminPassword": "admin-password"}}, "passwords": ["hunter2"]})
}

test_documented_forms_have_a_policy_of_their_own if {
	token := concat("_", ["ghp", "Q3EGWMTP5LNZVB6Jq8rVtKx2yHd4sUa7oPf9"])
	count(values.deny) == 0 with input as release({"token": token})
	every source in [{"helm": {"values": yaml.marshal({"token": token})}}, {"helm": {"parameters": [{"name": "token", "value": token}]}}] {
		count(values.deny) == 0 with input as application({"source": source})
	}
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Other"}] {
		count(values.deny) == 0 with input as object.union(release({"password": "hunter2"}), other)
	}
}
