# METADATA
# title: Pods name a seccomp profile
# description: >-
#   Without a profile a container runs unconfined, unless its node says otherwise. Set `seccompProfile.type:
#   RuntimeDefault` on the pod.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - PSS-restricted/seccomp
#   - CIS-Kubernetes/5.7.2
#   - NSA/pod-security
#   fix:
#     in: pod
#     set:
#       /securityContext/seccompProfile/type: RuntimeDefault
package portcullis.pods.seccomp_profile

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

# One finding for each pod, since its profile is that of all containers without one of their own.
deny contains message if {
	pod_security.since(19)
	some pod in kubernetes.pod_specs
	not pod_security.windows(pod)
	unconfined := {kubernetes.label(container) |
		some container in kubernetes.containers_of(pod)
		not has_profile(container)
	}
	count(unconfined) > 0
	not has_profile(pod)
	message := sprintf("neither the pod nor its %s names a seccomp profile", [kubernetes.named(unconfined)])
}

has_profile(of) if is_object(of.securityContext.seccompProfile)
