# METADATA
# title: Admission fails closed
# description: >-
#   With `failurePolicy: Ignore`, whoever can make a webhook time out writes what it would have refused. Set it to
#   `Fail`.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/admission
package portcullis.admission.ignored_failures

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy"}
	startswith(input.apiVersion, "admissionregistration.k8s.io/")
	some part in parts
	part.failurePolicy == "Ignore"
	message := sprintf("%s %q lets everything through while it fails", [input.kind, object.get(part, "name", kubernetes.name)])
}

parts contains part if some part in input.webhooks

parts contains input.spec
