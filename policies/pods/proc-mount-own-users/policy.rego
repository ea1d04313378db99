# METADATA
# title: Pods with users of their own keep the masks of /proc
# description: >-
#   A user namespace makes `procMount: Unmasked` less dangerous, so that the baseline standard allows it there; the
#   restricted one does not. Remove `procMount`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - PSS-restricted/proc-mount
package portcullis.pods.proc_mount_own_users

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

# Other pods are those of pods/proc-mount.
deny contains message if {
	some pod in kubernetes.pod_specs
	pod_security.user_namespace(pod)
	some container in kubernetes.containers_of(pod)
	mount := container.securityContext.procMount
	is_string(mount)
	mount != "Default"
	message := sprintf("container %s sees all of /proc: procMount is %s", [kubernetes.label(container), mount])
}
