# METADATA
# title: Roles run no commands in pods
# description: >-
#   `pods/exec`, `attach`, `portforward` and ephemeral containers give what the pod has: its Secrets, tokens and
#   network. Remove the rule.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/authorization
package portcullis.rbac.exec

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {""})
	some resource in rule.resources
	resource in {"pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"}
	verbs := rbac.verbs(rule, {"get", "create", "update", "patch"})
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, resource])
}
