# METADATA
# title: Roles create no pods unless that is their purpose
# description: >-
#   Whoever creates a pod can use each Secret, volume and ServiceAccount of its namespace. Let a controller of the
#   platform create pods.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.1.4
#   - NSA/authorization
package portcullis.rbac.create_pods

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

# One finding for each rule, at the first of its resources that creates pods.
deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {"", "apps", "batch"})
	resources := [resource | some resource in rule.resources; resource in creators]
	verbs := rbac.verbs(rule, {"create"})
	some resource in rule.resources
	resource == resources[0]
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, concat(", ", resources)])
}

creators := {"pods", "deployments", "daemonsets", "statefulsets", "replicasets", "replicationcontrollers", "jobs", "cronjobs"}
