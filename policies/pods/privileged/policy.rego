# METADATA
# title: Containers do not run privileged
# description: >-
#   A privileged container has every capability and every device of its node.
#   Remove `privileged`, and grant the single capability or device it needs.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: critical
#   controls:
#   - PSS-baseline/privileged-containers
#   - CIS-Kubernetes/5.2.2
#   - NSA/pod-security
package portcullis.pods.privileged

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.settings
	container.securityContext.privileged == true
	message := sprintf("container %s runs privileged", [kubernetes.label(container)])
}
