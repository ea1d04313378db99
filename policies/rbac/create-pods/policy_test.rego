package portcullis.rbac.create_pods_test

import rego.v1

import data.portcullis.rbac.create_pods

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "ci"}, "rules": rules}

granted := {"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}

test_the_grant_is_reported if {
	create_pods.deny == {"ClusterRole \"ci\" grants create on pods"} with input as role([granted])
}

test_a_wildcard_verb_grants_it_too if {
	create_pods.deny == {"ClusterRole \"ci\" grants * on pods"} with input as role([object.union(granted, {"verbs": ["*"]})])
}

test_each_resource_and_verb_counts if {
	every resource in {"pods", "deployments", "daemonsets", "statefulsets", "replicasets", "replicationcontrollers", "jobs", "cronjobs"} {
		every verb in {"create"} {
			every group in {"", "apps", "batch"} {
				count(create_pods.deny) == 1 with input as role([{"apiGroups": [group], "resources": [resource], "verbs": [verb]}])
			}
		}
	}
}

test_resources_of_one_rule_are_one_finding if {
	create_pods.deny == {"ClusterRole \"ci\" grants create on deployments, jobs"} with input as role([{"apiGroups": ["apps", "batch"], "resources": ["configmaps", "deployments", "jobs"], "verbs": ["create"]}])
}

test_other_verbs_resources_and_groups_are_accepted if {
	every rule in [
		object.union(granted, {"verbs": ["deletecollection"]}),
		object.union(granted, {"resources": ["configmaps"]}),
		object.union(granted, {"apiGroups": ["example.com"]}),
	] {
		count(create_pods.deny) == 0 with input as role([rule])
	}
}
