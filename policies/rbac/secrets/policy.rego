# METADATA
# title: Roles read only the Secrets that they name
# description: >-
#   Reading all Secrets includes the tokens and passwords of everything else there. Name the Secrets under
#   `resourceNames`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.1.2
#   - NSA/authorization
package portcullis.rbac.secrets

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {""})
	count(object.get(rule, "resourceNames", [])) == 0
	some resource in rule.resources
	resource in {"secrets"}
	verbs := rbac.verbs(rule, {"get", "list", "watch"})
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, resource])
}
