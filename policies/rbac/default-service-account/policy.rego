# METADATA
# title: No binding is for a default ServiceAccount
# description: >-
#   Every pod without a ServiceAccount of its own runs as `default`, so that all of them get the rights. Make a
#   ServiceAccount for the workload.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.1.5
#   - NSA/authorization
package portcullis.rbac.default_service_account

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some subject in rbac.subjects
	subject.kind == "ServiceAccount"
	subject.name == "default"
	message := sprintf("%s %q gives rights to the default ServiceAccount, which every pod without one of its own uses", [input.kind, kubernetes.name])
}
