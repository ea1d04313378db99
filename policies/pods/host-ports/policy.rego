# METADATA
# title: Containers do not open ports of their node
# description: >-
#   A hostPort ties the pod to a port of its node and bypasses Services and NetworkPolicies.
#   Remove `hostPort` and use a Service.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   controls:
#   - PSS-baseline/host-ports
#   - CIS-Kubernetes/5.2.13
#   - NSA/pod-security
package portcullis.pods.host_ports

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.settings
	some port in container.ports
	port.hostPort > 0
	message := sprintf("container %s opens port %d of its node", [kubernetes.label(container), port.hostPort])
}
