package portcullis.rbac.default_service_account_test

import rego.v1

import data.portcullis.rbac.default_service_account

binding(subject) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "readers"}, "roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [subject]}

test_the_subject_is_reported if {
	every name in {"default"} {
		count(default_service_account.deny) == 1 with input as binding({"kind": "ServiceAccount", "name": name})
	}
}

test_other_subjects_are_accepted if {
	count(default_service_account.deny) == 0 with input as binding({"kind": "ServiceAccount", "name": "web"})
}
