# METADATA
# title: Git and an autoscaler do not both set replicas
# description: >-
#   A workload sets replicas, and an autoscaler changes them. Each sync sets them back, and pods are stopped under
#   load.
#    Remove replicas from the manifest.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/scaling
package portcullis.references.autoscaled_replicas

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.kind == "HorizontalPodAutoscaler"
	not data.portcullis.inventory.several.namespace[others.namespace][input.apiVersion].HorizontalPodAutoscaler[input.metadata.name]
	not is_excluded
	some workload in others.workloads
	not workload.several
	workload.object.spec.replicas > 0
	workload.kind == input.spec.scaleTargetRef.kind
	workload.object.metadata.name == input.spec.scaleTargetRef.name
	message := sprintf("HorizontalPodAutoscaler %q scales %s %q, which sets replicas itself", [kubernetes.name, workload.kind, workload.object.metadata.name])
}

# Argo CD leaves the number to the autoscaler. Which objects an Application has is not known here: one is enough.
is_excluded if {
	some application in data.portcullis.inventory.namespace[_]["argoproj.io/v1alpha1"].Application
	some ignored in application.spec.ignoreDifferences
	some place in array.concat(object.get(ignored, "jsonPointers", []), object.get(ignored, "jqPathExpressions", []))
	place in {"/spec/replicas", ".spec.replicas"}
}
