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
	some pod in kubernetes.pod_specs
	some container in kubernetes.containers_of(pod)
	not non_root(container, pod)
	message := sprintf("container %s may run as root: runAsNonRoot is not true on it or on its pod", [kubernetes.label(container)])
}

deny contains message if {
	some container in kubernetes.containers
	container.securityContext.runAsUser == 0
	message := sprintf("container %s runs as user 0", [kubernetes.label(container)])
}

deny contains "the pod runs as user 0" if {
	some pod in kubernetes.pod_specs
	pod.securityContext.runAsUser == 0
}

non_root(container, _) if container.securityContext.runAsNonRoot == true

non_root(container, pod) if {
	not has_own_setting(container)
	pod.securityContext.runAsNonRoot == true
}

has_own_setting(container) if is_boolean(container.securityContext.runAsNonRoot)
