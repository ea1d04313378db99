# METADATA
# title: The scheduler places pods
# description: >-
#   `nodeName` puts a pod on a node past the scheduler, its taints and its limits.
#   Use `nodeSelector` or affinity.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/scheduling
package portcullis.pods.node_name

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some pod in kubernetes.pod_specs
	is_string(pod.nodeName)
	pod.nodeName != ""
	message := sprintf("the pod is put on node %q past the scheduler", [pod.nodeName])
}
