# METADATA
# title: Roles name what they grant
# description: >-
#   A wildcard grants every verb, resource or API group, including those that do not exist yet.
#   List the ones that are used.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.1.3
#   - NSA/authorization
package portcullis.rbac.wildcards

import rego.v1

import data.portcullis.lib.kubernetes

# One finding for each rule, at the first of its fields that has one.
deny contains message if {
	input.kind in {"Role", "ClusterRole"}
	some rule in input.rules
	fields := [field |
		some field in ["verbs", "resources", "apiGroups"]
		"*" in rule[field]
	]
	"*" in rule[fields[0]]
	message := sprintf("%s %q grants all %s", [input.kind, kubernetes.name, concat(", all ", fields)])
}
