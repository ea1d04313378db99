package portcullis.rbac.nodes_proxy_test

import rego.v1

import data.portcullis.rbac.nodes_proxy

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "ci"}, "rules": rules}

granted := {"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}

test_the_grant_is_reported if {
	nodes_proxy.deny == {"ClusterRole \"ci\" grants get on nodes/proxy"} with input as role([granted])
}

test_a_wildcard_verb_grants_it_too if {
	nodes_proxy.deny == {"ClusterRole \"ci\" grants * on nodes/proxy"} with input as role([object.union(granted, {"verbs": ["*"]})])
}

test_each_resource_and_verb_counts if {
	every resource in {"nodes/proxy"} {
		every verb in {"get", "create", "update", "patch", "delete"} {
			every group in {""} {
				count(nodes_proxy.deny) == 1 with input as role([{"apiGroups": [group], "resources": [resource], "verbs": [verb]}])
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
		count(nodes_proxy.deny) == 0 with input as role([rule])
	}
}
