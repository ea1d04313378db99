# METADATA
# title: Autoscalers have a range
# description: >-
#   The API server refuses a HorizontalPodAutoscaler whose least number of replicas is above the greatest one.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.autoscaler

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "HorizontalPodAutoscaler"
	input.spec.minReplicas > input.spec.maxReplicas
	message := sprintf("HorizontalPodAutoscaler %q has at least %v and at most %v replicas", [kubernetes.name, input.spec.minReplicas, input.spec.maxReplicas])
}
