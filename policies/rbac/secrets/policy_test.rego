package portcullis.rbac.secrets_test

import rego.v1

import data.portcullis.rbac.secrets

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "ci"}, "rules": rules}

granted := {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}

test_the_grant_is_reported if {
	secrets.deny == {"ClusterRole \"ci\" grants get on secrets"} with input as role([granted])
}

test_a_wildcard_verb_grants_it_too if {
	secrets.deny == {"ClusterRole \"ci\" grants * on secrets"} with input as role([object.union(granted, {"verbs": ["*"]})])
}

test_each_resource_and_verb_counts if {
	every resource in {"secrets"} {
		every verb in {"get", "list", "watch"} {
			every group in {""} {
				count(secrets.deny) == 1 with input as role([{"apiGroups": [group], "resources": [resource], "verbs": [verb]}])
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
		count(secrets.deny) == 0 with input as role([rule])
	}
}

test_named_objects_are_accepted if {
	count(secrets.deny) == 0 with input as role([object.union(granted, {"resourceNames": ["one"]})])
}
