# METADATA
# title: Containers keep the masks of /proc
# description: >-
#   `Unmasked` shows a container what the runtime hides of its node's kernel.
#   Remove `procMount`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: high
#   controls:
#   - PSS-baseline/proc-mount
package portcullis.pods.proc_mount

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.settings
	container.securityContext.procMount == "Unmasked"
	message := sprintf("container %s sees all of /proc: procMount is Unmasked", [kubernetes.label(container)])
}
