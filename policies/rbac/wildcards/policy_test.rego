package portcullis.rbac.wildcards_test

import rego.v1

import data.portcullis.rbac.wildcards

role(rules) := {"kind": "ClusterRole", "metadata": {"name": "reader"}, "rules": rules}

test_each_wildcard_is_denied if {
	every field in ["verbs", "resources", "apiGroups"] {
		denials := wildcards.deny with input as role([{field: ["*"]}])
		denials == {sprintf("ClusterRole \"reader\" grants all %s", [field])}
	}
}

test_wildcards_of_one_rule_are_one_finding if {
	wildcards.deny == {"ClusterRole \"reader\" grants all verbs, all resources, all apiGroups"} with input as role([{"verbs": ["*"], "resources": ["*"], "apiGroups": ["*"]}])
}

test_named_grants_are_accepted if {
	count(wildcards.deny) == 0 with input as role([{"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]}])
}

test_a_role_without_rules_is_accepted if {
	count(wildcards.deny) == 0 with input as {"kind": "Role", "metadata": {"name": "empty"}, "rules": null}
}

test_a_role_that_gets_its_name_from_the_cluster_is_denied_too if {
	count(wildcards.deny) == 1 with input as {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"generateName": "all-"}, "rules": [{"apiGroups": ["*"], "resources": ["pods"], "verbs": ["get"]}]}
}

test_only_roles_grant if {
	count(wildcards.deny) == 0 with input as {"kind": "Ingress", "metadata": {"name": "all"}, "rules": [{"resources": ["*"]}]}
	count(wildcards.deny) == 1 with input as {"kind": "Role", "metadata": {"name": "all"}, "rules": [{"resources": ["*"]}]}
}
