# METADATA
# title: Disruption budgets are smaller than their workload
# description: >-
#   A budget that wants as many pods as the workload has lets no pod go, so that nodes can be neither updated nor
#   removed.
#    Use maxUnavailable, or run more pods.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/disruption
package portcullis.references.disruption_budget

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.kind == "PodDisruptionBudget"
	startswith(input.apiVersion, "policy/")
	not input.spec.selector.matchExpressions
	not data.portcullis.inventory.several.namespace[others.namespace][input.apiVersion].PodDisruptionBudget[input.metadata.name]
	selected := others.selected(input.spec.selector.matchLabels)
	count(selected) == 1
	some workload in selected
	workload.kind in {"Deployment", "StatefulSet"}
	not workload.several
	not scaled(workload)
	replicas := object.get(workload.object.spec, "replicas", 1)
	replicas > 0
	input.spec.minAvailable >= replicas
	is_number(input.spec.minAvailable)

	# portcullis-lint ignore: silent-message what is looked up has a name
	message := sprintf("PodDisruptionBudget %q lets no pod go: %s %q runs %v", [kubernetes.name, workload.kind, workload.object.metadata.name, replicas])
}

scaled(workload) if {
	some scaler in data.portcullis.inventory.namespace[others.namespace][_].HorizontalPodAutoscaler
	scaler.spec.scaleTargetRef.kind == workload.kind
	scaler.spec.scaleTargetRef.name == workload.object.metadata.name
}

scaled(workload) if {
	some scaler in data.portcullis.inventory.namespace[others.namespace][_].ScaledObject
	scaler.spec.scaleTargetRef.name == workload.object.metadata.name
}
