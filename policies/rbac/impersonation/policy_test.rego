package portcullis.rbac.impersonation_test

import rego.v1

import data.portcullis.rbac.impersonation

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "ci"}, "rules": rules}

granted := {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}

test_the_grant_is_reported if {
	impersonation.deny == {"ClusterRole \"ci\" grants impersonate on users"} with input as role([granted])
}

test_a_wildcard_verb_grants_it_too if {
	impersonation.deny == {"ClusterRole \"ci\" grants * on users"} with input as role([object.union(granted, {"verbs": ["*"]})])
}

test_each_resource_and_verb_counts if {
	every resource in {"users", "groups", "serviceaccounts", "userextras", "uids"} {
		every verb in {"impersonate"} {
			every group in {"", "authentication.k8s.io"} {
				count(impersonation.deny) == 1 with input as role([{"apiGroups": [group], "resources": [resource], "verbs": [verb]}])
			}
		}
	}
}

test_other_verbs_resources_and_groups_are_accepted if {
	every rule in [
		object.union(granted, {"verbs": ["deletecollection"]}),
		object.union(granted, {"resources": ["configmaps"]}),
		object.union(granted, {"apiGroups": ["example.com"]}),
	] {
		count(impersonation.deny) == 0 with input as role([rule])
	}
}

test_named_objects_are_accepted if {
	count(impersonation.deny) == 0 with input as role([object.union(granted, {"resourceNames": ["one"]})])
}
