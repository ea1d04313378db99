# METADATA
# title: Pods get time to stop
# description: >-
#   A grace period of zero kills a process in the middle of its work. A preStop hook that sleeps as long as the grace
#   period leaves it none.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/shutdown
package portcullis.availability.grace_period

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some pod in kubernetes.pod_specs
	pod.terminationGracePeriodSeconds == 0
	message := sprintf("the pods of %s %q are killed without time to stop", [input.kind, kubernetes.name])
}

deny contains message if {
	some pod in kubernetes.pod_specs
	period := object.get(pod, "terminationGracePeriodSeconds", 30)
	period > 0
	some container in kubernetes.containers_of(pod)
	container.lifecycle.preStop.sleep.seconds >= period
	message := sprintf("the preStop hook of container %s sleeps for all of its grace period of %v seconds", [kubernetes.label(container), period])
}
