# METADATA
# title: Containers keep the masks of /proc
# description: >-
#   `Unmasked` shows a container what the runtime hides of its node's kernel. Remove `procMount`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: high
#   controls:
#   - PSS-baseline/proc-mount
#   fix:
#     in: container
#     set:
#       /securityContext/procMount: Default
package portcullis.pods.proc_mount

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

deny contains message if {
	some pod in kubernetes.pod_specs
	not pod_security.user_namespace(pod)
	some container in kubernetes.containers_of(pod)
	unmasks(container)
	message := text(container)
}

deny contains message if {
	some container in (kubernetes.settings - kubernetes.containers)
	unmasks(container)
	message := text(container)
}

unmasks(container) if {
	is_string(container.securityContext.procMount)
	container.securityContext.procMount != "Default"
}

text(container) := sprintf("container %s sees all of /proc: procMount is %s", [kubernetes.label(container), container.securityContext.procMount])
