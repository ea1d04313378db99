package portcullis.lib.rbac_test

import rego.v1

import data.portcullis.lib.rbac

test_rules_and_subjects_are_those_of_rbac if {
	rule := {"verbs": ["get"]}
	subject := {"kind": "User", "name": "a"}
	rbac.rules == {rule} with input as {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": [rule]}
	rbac.rules == set() with input as {"apiVersion": "example.com/v1", "kind": "Role", "rules": [rule]}
	rbac.subjects == {subject} with input as {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "subjects": [subject]}
	rbac.subjects == set() with input as {"apiVersion": "example.com/v1", "kind": "RoleBinding", "subjects": [subject]}
}

test_verbs_are_those_that_were_asked_for_and_the_wildcard if {
	rbac.verbs({"verbs": ["get", "watch", "*"]}, {"get", "list"}) == "get, *"
	not rbac.verbs({"verbs": ["create"]}, {"get"})
}

test_a_wildcard_is_every_group if {
	rbac.of_group({"apiGroups": ["*"]}, {"apps"})
	rbac.of_group({"apiGroups": ["apps"]}, {"apps"})
	not rbac.of_group({"apiGroups": [""]}, {"apps"})
}
