package portcullis.argocd.templated_project_test

import rego.v1

import data.portcullis.argocd.templated_project

set_of(project) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "web"}, "spec": {"template": {"spec": {"project": project}}}}

test_an_expression_is_denied if {
	templated_project.deny == {"ApplicationSet \"web\" takes the project from a generator"} with input as set_of("{{ .team }}")
	count(templated_project.deny) == 1 with input as set_of("team-{{team}}")
}

test_a_name_is_accepted if {
	count(templated_project.deny) == 0 with input as set_of("team-a")
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Application"}] {
		count(templated_project.deny) == 0 with input as object.union(set_of("{{ x }}"), other)
	}
}
