package portcullis.argocd.template_keys_test

import rego.v1

import data.portcullis.argocd.template_keys

set_of(spec) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "web"}, "spec": spec}

test_templates_that_do_not_fail_are_denied if {
	every spec in [{"goTemplate": true}, {"goTemplate": true, "goTemplateOptions": ["missingkey=zero"]}] {
		template_keys.deny == {"ApplicationSet \"web\" renders a missing key as text"} with input as set_of(spec)
	}
}

test_others_are_accepted if {
	count(template_keys.deny) == 0 with input as set_of({"goTemplate": true, "goTemplateOptions": ["missingkey=error"]})
	count(template_keys.deny) == 0 with input as set_of({"goTemplate": false})
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Application"}] {
		count(template_keys.deny) == 0 with input as object.union(set_of({"goTemplate": true}), other)
	}
}
