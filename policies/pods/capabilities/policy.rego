# METADATA
# title: Containers add no dangerous capabilities
# description: >-
#   Capabilities beyond the runtime's default set open ways to take over the node. Remove the capability from `add`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: high
#   controls:
#   - PSS-baseline/capabilities
#   - CIS-Kubernetes/5.2.9
#   - NSA/pod-security
package portcullis.pods.capabilities

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

deny contains message if {
	some container in kubernetes.settings
	some capability in container.securityContext.capabilities.add
	not capability in pod_security.default_capabilities
	message := sprintf("container %s adds capability %s", [kubernetes.label(container), capability])
}
