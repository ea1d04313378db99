# METADATA
# title: Autoscalers have room to scale
# description: >-
#   An autoscaler with equal bounds never scales. Give it a range, or set replicas.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - reliability/scaling
package portcullis.availability.autoscaler_range

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "HorizontalPodAutoscaler"
	object.get(input.spec, "minReplicas", 1) == input.spec.maxReplicas
	message := sprintf("HorizontalPodAutoscaler %q never scales: it has always %v replicas", [kubernetes.name, input.spec.maxReplicas])
}
