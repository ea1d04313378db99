package portcullis.rbac.escalation_test

import rego.v1

import data.portcullis.rbac.escalation

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "ci"}, "rules": rules}

granted := {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["escalate"]}

test_the_grant_is_reported if {
	escalation.deny == {"ClusterRole \"ci\" grants escalate on roles"} with input as role([granted])
}

test_a_wildcard_verb_grants_it_too if {
	escalation.deny == {"ClusterRole \"ci\" grants * on roles"} with input as role([object.union(granted, {"verbs": ["*"]})])
}

test_each_resource_and_verb_counts if {
	every resource in {"roles", "clusterroles"} {
		every verb in {"escalate", "bind"} {
			every group in {"rbac.authorization.k8s.io"} {
				count(escalation.deny) == 1 with input as role([{"apiGroups": [group], "resources": [resource], "verbs": [verb]}])
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
		count(escalation.deny) == 0 with input as role([rule])
	}
}

test_named_objects_are_accepted if {
	count(escalation.deny) == 0 with input as role([object.union(granted, {"resourceNames": ["one"]})])
}
