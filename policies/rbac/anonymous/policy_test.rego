package portcullis.rbac.anonymous_test

import rego.v1

import data.portcullis.rbac.anonymous

binding(subject) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "readers"}, "roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [subject]}

test_the_subject_is_reported if {
	every name in {"system:unauthenticated", "system:anonymous"} {
		count(anonymous.deny) == 1 with input as binding({"kind": "Group", "name": name})
	}
}

test_other_subjects_are_accepted if {
	count(anonymous.deny) == 0 with input as binding({"kind": "Group", "name": "platform"})
}
