# METADATA
# title: Autoscalers scale what exists
# description: >-
#   An autoscaler names a workload that its namespace does not have. It scales nothing.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/references
package portcullis.references.scale_target

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.kind == "HorizontalPodAutoscaler"
	others.known
	input.spec.scaleTargetRef.kind in {"Deployment", "StatefulSet", "Rollout"}
	count(others.workloads) > 0
	name := input.spec.scaleTargetRef.name
	not name in names
	not others.is_made(name)
	message := sprintf("HorizontalPodAutoscaler %q scales %s %q, which does not exist", [kubernetes.name, input.spec.scaleTargetRef.kind, name])
}

names contains workload.object.metadata.name if {
	some workload in others.workloads
	workload.kind == input.spec.scaleTargetRef.kind
}
