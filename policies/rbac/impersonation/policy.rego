# METADATA
# title: Roles do not let their subjects act as others
# description: >-
#   `impersonate` gives the rights of whoever is named, administrators included. Remove the rule, or limit it with
#   `resourceNames`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.1.8
#   - NSA/authorization
package portcullis.rbac.impersonation

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {"", "authentication.k8s.io"})
	count(object.get(rule, "resourceNames", [])) == 0
	some resource in rule.resources
	resource in {"users", "groups", "serviceaccounts", "userextras", "uids"}
	verbs := rbac.verbs(rule, {"impersonate"})
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, resource])
}
