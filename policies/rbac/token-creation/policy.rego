# METADATA
# title: Roles create no tokens for service accounts
# description: >-
#   A token for a ServiceAccount gives all of its rights, wherever it is used. Limit the rule with `resourceNames`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.1.13
#   - NSA/authorization
package portcullis.rbac.token_creation

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {""})
	count(object.get(rule, "resourceNames", [])) == 0
	some resource in rule.resources
	resource in {"serviceaccounts/token"}
	verbs := rbac.verbs(rule, {"create"})
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, resource])
}
