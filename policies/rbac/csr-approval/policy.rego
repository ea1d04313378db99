# METADATA
# title: Roles do not approve certificates
# description: >-
#   An approved certificate is an identity that cannot be revoked. Remove the rule, or leave it to the signer of the
#   platform.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.1.11
#   - NSA/authorization
package portcullis.rbac.csr_approval

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {"certificates.k8s.io"})
	some resource in rule.resources
	resource in {"certificatesigningrequests/approval", "certificatesigningrequests/status"}
	verbs := rbac.verbs(rule, {"update", "patch"})
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, resource])
}
