# METADATA
# title: Containers do not run as root
# description: >-
#   A container that runs as user 0 is root on the node as soon as isolation fails.
#   Set `runAsNonRoot: true` on the pod or on every container.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - PSS-restricted/running-as-non-root
#   - CIS-Kubernetes/5.2.7
package portcullis.pods.run_as_non_root

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	not non_root(container)
	message := sprintf("container %q may run as root: runAsNonRoot is not true on it or on its pod", [container.name])
}

deny contains message if {
	some container in kubernetes.containers
	container.securityContext.runAsUser == 0
	message := sprintf("container %q runs as user 0", [container.name])
}

deny contains "the pod runs as user 0" if kubernetes.pod_spec.securityContext.runAsUser == 0

non_root(container) if container.securityContext.runAsNonRoot == true

non_root(container) if {
	not has_own_setting(container)
	kubernetes.pod_spec.securityContext.runAsNonRoot == true
}

has_own_setting(container) if is_boolean(container.securityContext.runAsNonRoot)
