# METADATA
# title: Argo CD asks who is there
# description: >-
#   Anonymous access, or a default role for everybody who logs in, gives rights to people who were not granted them.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/
# custom:
#   severity: high
#   controls:
#   - argocd/least-privilege
package portcullis.argocd.open_access

import rego.v1

deny contains message if {
	input.kind == "ConfigMap"
	some setting in settings
	endswith(input.metadata.name, setting.map)
	input.data[setting.key] == setting.value

	# portcullis-lint ignore: silent-message every setting below says what it does
	message := sprintf("Argo CD %s (%s: %s)", [setting.does, setting.key, setting.value])
}

settings := [
	{"map": "argocd-cm", "key": "users.anonymous.enabled", "value": "true", "does": "lets in anyone without a login"},
	{"map": "argocd-cm", "key": "exec.enabled", "value": "true", "does": "opens shells in pods"},
	{"map": "argocd-rbac-cm", "key": "policy.default", "value": "role:admin", "does": "makes everybody an administrator"},
]
