# METADATA
# title: A disruption budget sets one of its two limits
# description: >-
#   The API server refuses a PodDisruptionBudget with minAvailable and maxUnavailable. Keep one of them.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.disruption_budget

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "PodDisruptionBudget"
	"minAvailable" in object.keys(input.spec)
	"maxUnavailable" in object.keys(input.spec)
	message := sprintf("PodDisruptionBudget %q sets minAvailable and maxUnavailable", [kubernetes.name])
}
