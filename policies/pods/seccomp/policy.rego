# METADATA
# title: Seccomp is not switched off
# description: >-
#   `Unconfined` removes the system call filter of the runtime.
#   Use `RuntimeDefault`, or a `Localhost` profile.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   controls:
#   - PSS-baseline/seccomp
package portcullis.pods.seccomp

import rego.v1

import data.portcullis.lib.kubernetes

deny contains "the pod switches seccomp off" if {
	some pod in kubernetes.pod_specs
	pod.securityContext.seccompProfile.type == "Unconfined"
}

deny contains message if {
	some container in kubernetes.settings
	container.securityContext.seccompProfile.type == "Unconfined"
	message := sprintf("container %s switches seccomp off", [kubernetes.label(container)])
}
