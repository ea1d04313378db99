# METADATA
# title: Containers may not run as root
# description: >-
#   A container whose image names no other user is root on the node as soon as isolation fails. Set `runAsNonRoot: true`
#   on the pod or on every container.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - PSS-restricted/running-as-non-root
#   - CIS-Kubernetes/5.2.7
#   - NSA/non-root
package portcullis.pods.run_as_non_root

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

# One finding for each pod, since what it says is for all containers that say nothing themselves.
deny contains message if {
	some pod in host_user_pods
	silent := {kubernetes.label(container) |
		some container in kubernetes.containers_of(pod)
		not says(container)
	}
	count(silent) > 0
	not says(pod)
	message := sprintf("%s may run as root: runAsNonRoot is true neither there nor on the pod", [kubernetes.named(silent)])
}

deny contains message if {
	some pod in host_user_pods
	some container in kubernetes.containers_of(pod)
	container.securityContext.runAsNonRoot == false
	message := sprintf("container %s may run as root: it sets runAsNonRoot to false", [kubernetes.label(container)])
}

deny contains "the pod may run as root: it sets runAsNonRoot to false" if {
	some pod in host_user_pods
	pod.securityContext.runAsNonRoot == false
}

host_user_pods contains pod if {
	some pod in kubernetes.pod_specs
	not pod_security.user_namespace(pod)
}

says(of) if is_boolean(of.securityContext.runAsNonRoot)
