package portcullis.argocd.sync_options_test

import rego.v1

import data.portcullis.argocd.sync_options

application(options) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": {"syncPolicy": {"syncOptions": options}}}

test_unknown_options_are_denied if {
	sync_options.deny == {"Application \"web\" has the sync option CreateNamespaces=true, which Argo CD does not know"} with input as application(["CreateNamespaces=true", "PruneLast=true"])
	every option in ["createNamespace=true", "ServerSideApply", "Replace = true", "Prune=", {"Replace": true}, "xPrune=true"] {
		count(sync_options.deny) == 1 with input as application([option])
	}
}

test_known_options_are_accepted if {
	every option in [
		"Validate=false", "CreateNamespace=true", "PrunePropagationPolicy=foreground", "PruneLast=true", "Replace=true", "ServerSideApply=true", "ApplyOutOfSyncOnly=true",
		"RespectIgnoreDifferences=true", "FailOnSharedResource=true", "SkipDryRunOnMissingResource=true", "Prune=confirm", "Delete=false", "Force=true", "ClientSideApplyMigration=false",
	] {
		count(sync_options.deny) == 0 with input as application([option])
	}
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "AppProject"}] {
		count(sync_options.deny) == 0 with input as object.union(application(["x"]), other)
	}
}
