# METADATA
# title: Roles do not let their subjects widen their own rights
# description: >-
#   `escalate` and `bind` lift the rule that nobody can grant more than they have. Remove the verb, or limit it with
#   `resourceNames`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.1.8
#   - NSA/authorization
package portcullis.rbac.escalation

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {"rbac.authorization.k8s.io"})
	count(object.get(rule, "resourceNames", [])) == 0
	some resource in rule.resources
	resource in {"roles", "clusterroles"}
	verbs := rbac.verbs(rule, {"escalate", "bind"})
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, resource])
}
