# METADATA
# title: Containers keep their processes to themselves
# description: >-
#   With a shared process namespace, each container sees the processes of the others, their environment and their
#   files.
#    Leave it off.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/pod-security
package portcullis.workloads.shared_processes

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some pod in kubernetes.pod_specs
	pod.shareProcessNamespace == true
	message := sprintf("the containers of %s %q share their processes", [input.kind, kubernetes.name])
}
