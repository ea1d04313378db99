package portcullis.rbac.system_masters_test

import rego.v1

import data.portcullis.rbac.system_masters

binding(subject) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "readers"}, "roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [subject]}

test_the_subject_is_reported if {
	every name in {"system:masters"} {
		count(system_masters.deny) == 1 with input as binding({"kind": "Group", "name": name})
	}
}

test_other_subjects_are_accepted if {
	count(system_masters.deny) == 0 with input as binding({"kind": "Group", "name": "platform"})
}
