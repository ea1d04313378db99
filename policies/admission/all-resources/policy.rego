# METADATA
# title: Webhooks name the resources that they are for
# description: >-
#   A webhook for every resource is in the way of each write, those that would repair it included. Name groups and
#   resources.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/admission
package portcullis.admission.all_resources

import rego.v1

deny contains message if {
	input.kind in {"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"}
	some webhook in input.webhooks
	not object.get(webhook, "failurePolicy", "Fail") == "Ignore"
	not webhook.namespaceSelector
	some rule in webhook.rules
	"*" in rule.apiGroups
	some resource in rule.resources
	resource in {"*", "*/*"}
	message := sprintf("webhook %q stops every write while it fails: it is for all resources of all namespaces", [object.get(webhook, "name", "without a name")])
}
