package portcullis.argocd.allow_empty_test

import rego.v1

import data.portcullis.argocd.allow_empty

application(automated) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": {"syncPolicy": {"automated": automated}}}

test_prune_with_allow_empty_is_denied if {
	allow_empty.deny == {"Application \"web\" deletes all of its objects if it finds no manifests"} with input as application({"prune": true, "allowEmpty": true})
}

test_one_of_them_is_accepted if {
	count(allow_empty.deny) == 0 with input as application({"prune": true, "allowEmpty": false})
	count(allow_empty.deny) == 0 with input as application({"prune": false, "allowEmpty": true})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "AppProject"}] {
		count(allow_empty.deny) == 0 with input as object.union(application({"prune": true, "allowEmpty": true}), other)
	}
}
