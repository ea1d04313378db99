# METADATA
# title: No binding is for system:masters
# description: >-
#   The group `system:masters` passes every authorization check, whatever is bound to it. Use a group of your own.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.1.7
#   - NSA/authorization
package portcullis.rbac.system_masters

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some subject in rbac.subjects
	subject.name == "system:masters"
	message := sprintf("%s %q names the group system:masters, which needs no binding and cannot be limited", [input.kind, kubernetes.name])
}
