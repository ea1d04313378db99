# METADATA
# title: Seccomp is not switched off
# description: >-
#   `Unconfined` removes the system call filter of the runtime. Use `RuntimeDefault`, or a `Localhost` profile.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   controls:
#   - PSS-baseline/seccomp
#   - CIS-Kubernetes/5.7.2
#   - NSA/pod-security
#   fix:
#     in: value
#     set:
#       "": RuntimeDefault
package portcullis.pods.seccomp

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

deny contains message if {
	pod_security.since(19)
	some setting in pod_security.settings
	profile := setting.context.seccompProfile
	is_object(profile)
	type := object.get(profile, "type", "")
	not type in {"RuntimeDefault", "Localhost"}

	# portcullis-lint ignore: silent-message every setting names what it is of
	message := sprintf("%s sets seccomp profile %q", [setting.of, type])
}

# How seccomp was set before the field existed.
deny contains message if {
	pod_security.before(19)
	some annotations in pod_security.annotations
	some key in keys_of(annotations.of)
	value := annotations.values[key]
	not allowed(value)
	message := sprintf("annotation %s sets seccomp profile %q", [key, value])
}

keys_of(pod) := {"seccomp.security.alpha.kubernetes.io/pod"} | {key |
	some container in kubernetes.containers_of(pod)
	key := sprintf("container.seccomp.security.alpha.kubernetes.io/%s", [container.name])
}

allowed(value) if value in {"runtime/default", "docker/default"}

allowed(value) if startswith(value, "localhost/")
