package portcullis.argocd.self_heal_test

import rego.v1

import data.portcullis.argocd.self_heal

application(automated) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": {"syncPolicy": {"automated": automated}}}

test_what_is_missing_is_one_finding if {
	self_heal.deny == {"Application \"web\" is automated without prune and selfHeal"} with input as application({})
	self_heal.deny == {"Application \"web\" is automated without selfHeal"} with input as application({"prune": true, "selfHeal": false})
	self_heal.deny == {"Application \"web\" is automated without prune"} with input as application({"selfHeal": true, "enabled": true})
}

test_both_or_none_are_accepted if {
	count(self_heal.deny) == 0 with input as application({"prune": true, "selfHeal": true})
	count(self_heal.deny) == 0 with input as application({"enabled": false})
	count(self_heal.deny) == 0 with input as {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": {"syncPolicy": {}}}
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "AppProject"}] {
		count(self_heal.deny) == 0 with input as object.union(application({}), other)
	}
}
