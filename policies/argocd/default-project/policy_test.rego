package portcullis.argocd.default_project_test

import rego.v1

import data.portcullis.argocd.default_project

application(project) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": {"project": project}}

test_the_default_project_is_denied if {
	count(default_project.deny) == 1 with input as application("default")
}

test_an_application_set_is_judged_by_its_template if {
	set := {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "web"}, "spec": {"template": {"spec": {"project": "default"}}}}
	count(default_project.deny) == 1 with input as set
}

test_a_named_project_is_accepted if {
	count(default_project.deny) == 0 with input as application("payments")
}

test_an_application_of_another_api_is_accepted if {
	other := object.union(application("default"), {"apiVersion": "app.k8s.io/v1beta1"})
	count(default_project.deny) == 0 with input as other
}

test_an_application_set_with_a_named_project_is_accepted if {
	set := {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "web"}, "spec": {"template": {"spec": {"project": "payments"}}}}
	count(default_project.deny) == 0 with input as set
}
