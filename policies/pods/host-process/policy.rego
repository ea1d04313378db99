# METADATA
# title: Windows pods do not run as processes of their node
# description: >-
#   A HostProcess container has the rights of its node's processes.
#   Remove `hostProcess`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: critical
#   controls:
#   - PSS-baseline/host-process
#   - CIS-Kubernetes/5.2.11
#   - NSA/pod-security
package portcullis.pods.host_process

import rego.v1

import data.portcullis.lib.kubernetes

deny contains "the pod runs as a process of its node" if {
	some pod in kubernetes.pod_specs
	pod.securityContext.windowsOptions.hostProcess == true
}

deny contains message if {
	some container in kubernetes.settings
	container.securityContext.windowsOptions.hostProcess == true
	message := sprintf("container %s runs as a process of its node", [kubernetes.label(container)])
}
