# METADATA
# title: Disruption budgets let nodes be drained
# description: >-
#   A budget that permits no disruption stops every drain, so that nodes can be neither updated nor removed.
#    Permit at least one pod to be away.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/disruption
package portcullis.availability.disruption_budget

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "PodDisruptionBudget"
	startswith(input.apiVersion, "policy/")
	input.spec.maxUnavailable in {0, "0", "0%"}
	message := sprintf("PodDisruptionBudget %q lets no pod go", [kubernetes.name])
}

deny contains message if {
	input.kind == "PodDisruptionBudget"
	startswith(input.apiVersion, "policy/")
	input.spec.minAvailable == "100%"
	message := sprintf("PodDisruptionBudget %q lets no pod go", [kubernetes.name])
}
