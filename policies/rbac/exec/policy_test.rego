package portcullis.rbac.exec_test

import rego.v1

import data.portcullis.rbac.exec

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "ci"}, "rules": rules}

granted := {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["get"]}

test_the_grant_is_reported if {
	exec.deny == {"ClusterRole \"ci\" grants get on pods/exec"} with input as role([granted])
}

test_a_wildcard_verb_grants_it_too if {
	exec.deny == {"ClusterRole \"ci\" grants * on pods/exec"} with input as role([object.union(granted, {"verbs": ["*"]})])
}

test_each_resource_and_verb_counts if {
	every resource in {"pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"} {
		every verb in {"get", "create", "update", "patch"} {
			every group in {""} {
				count(exec.deny) == 1 with input as role([{"apiGroups": [group], "resources": [resource], "verbs": [verb]}])
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
		count(exec.deny) == 0 with input as role([rule])
	}
}
