package portcullis.rbac.persistent_volumes_test

import rego.v1

import data.portcullis.rbac.persistent_volumes

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "ci"}, "rules": rules}

granted := {"apiGroups": [""], "resources": ["persistentvolumes"], "verbs": ["create"]}

test_the_grant_is_reported if {
	persistent_volumes.deny == {"ClusterRole \"ci\" grants create on persistentvolumes"} with input as role([granted])
}

test_a_wildcard_verb_grants_it_too if {
	persistent_volumes.deny == {"ClusterRole \"ci\" grants * on persistentvolumes"} with input as role([object.union(granted, {"verbs": ["*"]})])
}

test_each_resource_and_verb_counts if {
	every resource in {"persistentvolumes"} {
		every verb in {"create"} {
			every group in {""} {
				count(persistent_volumes.deny) == 1 with input as role([{"apiGroups": [group], "resources": [resource], "verbs": [verb]}])
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
		count(persistent_volumes.deny) == 0 with input as role([rule])
	}
}
