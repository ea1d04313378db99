package portcullis.rbac.cluster_admin_test

import rego.v1

import data.portcullis.rbac.cluster_admin

binding(kind, role) := {"kind": kind, "metadata": {"name": "ci"}, "roleRef": {"kind": "ClusterRole", "name": role}}

test_cluster_admin_is_denied_in_both_bindings if {
	count(cluster_admin.deny) == 1 with input as binding("ClusterRoleBinding", "cluster-admin")
	count(cluster_admin.deny) == 1 with input as binding("RoleBinding", "cluster-admin")
}

test_other_roles_are_accepted if {
	count(cluster_admin.deny) == 0 with input as binding("ClusterRoleBinding", "view")
}

test_a_role_of_the_same_name_is_accepted if {
	count(cluster_admin.deny) == 0 with input as {"kind": "RoleBinding", "metadata": {"name": "ci"}, "roleRef": {"kind": "Role", "name": "cluster-admin"}}
}
