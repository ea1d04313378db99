package portcullis.argocd.weak_sync_test

import rego.v1

import data.portcullis.argocd.weak_sync

application(option) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": {"syncPolicy": {"syncOptions": [option]}}}

test_weak_options_are_denied if {
	every option in ["Replace=true", "Force=true", "Validate=false"] {
		weak_sync.deny == {sprintf("Application \"web\" syncs all of its objects with %s", [option])} with input as application(option)
	}
}

test_others_are_accepted if {
	every option in ["Replace=false", "Validate=true", "ServerSideApply=true"] {
		count(weak_sync.deny) == 0 with input as application(option)
	}
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "AppProject"}] {
		count(weak_sync.deny) == 0 with input as object.union(application("Force=true"), other)
	}
}
