package portcullis.argocd.open_access_test

import rego.v1

import data.portcullis.argocd.open_access

map(name, key, value) := {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {key: value}}

test_open_settings_are_denied if {
	open_access.deny == {"Argo CD lets in anyone without a login (users.anonymous.enabled: true)"} with input as map("argocd-cm", "users.anonymous.enabled", "true")
	open_access.deny == {"Argo CD opens shells in pods (exec.enabled: true)"} with input as map("argocd-cm", "exec.enabled", "true")
	open_access.deny == {"Argo CD makes everybody an administrator (policy.default: role:admin)"} with input as map("my-argocd-rbac-cm", "policy.default", "role:admin")
}

test_other_settings_are_accepted if {
	count(open_access.deny) == 0 with input as map("argocd-cm", "users.anonymous.enabled", "false")
	count(open_access.deny) == 0 with input as map("other", "users.anonymous.enabled", "true")
	count(open_access.deny) == 0 with input as map("argocd-rbac-cm", "policy.default", "role:readonly")
	count(open_access.deny) == 0 with input as object.union(map("argocd-cm", "exec.enabled", "true"), {"kind": "Secret"})
}
