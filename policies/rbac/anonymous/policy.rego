# METADATA
# title: No binding is for those who did not log in
# description: >-
#   `system:anonymous` and `system:unauthenticated` are everybody who reaches the API server. Name a user, a group or
#   a ServiceAccount.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: critical
#   controls:
#   - NSA/authentication
#   - NSA/authorization
package portcullis.rbac.anonymous

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some subject in rbac.subjects
	subject.name in {"system:anonymous", "system:unauthenticated"}
	message := sprintf("%s %q gives rights to %s, who need not log in", [input.kind, kubernetes.name, subject.name])
}
