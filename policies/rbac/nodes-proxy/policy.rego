# METADATA
# title: Roles do not reach the kubelet through the API server
# description: >-
#   `nodes/proxy` gives the API of the kubelet: commands in every pod of the node, past admission and audit. Remove
#   the rule.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.1.10
#   - NSA/authorization
package portcullis.rbac.nodes_proxy

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {""})
	some resource in rule.resources
	resource in {"nodes/proxy"}
	verbs := rbac.verbs(rule, {"get", "create", "update", "patch", "delete"})
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, resource])
}
