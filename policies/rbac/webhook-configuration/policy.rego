# METADATA
# title: Roles do not change admission webhooks
# description: >-
#   An admission webhook sees and may change every object that it is registered for. Remove the rule.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.1.12
#   - NSA/authorization
package portcullis.rbac.webhook_configuration

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {"admissionregistration.k8s.io"})
	count(object.get(rule, "resourceNames", [])) == 0
	some resource in rule.resources
	resource in {"validatingwebhookconfigurations", "mutatingwebhookconfigurations"}
	verbs := rbac.verbs(rule, {"create", "update", "patch", "delete"})
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, resource])
}
