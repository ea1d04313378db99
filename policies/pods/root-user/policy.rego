# METADATA
# title: Containers do not run as user 0
# description: >-
#   `runAsUser: 0` makes a process root, whatever user its image names, and so root on the node as soon as isolation
#   fails. Name another user, or none.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - PSS-restricted/running-as-non-root-user
#   - CIS-Kubernetes/5.2.7
#   - NSA/non-root
package portcullis.pods.root_user

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

deny contains message if {
	pod_security.since(23)
	some container in (kubernetes.settings - unprivileged)
	container.securityContext.runAsUser == 0
	message := sprintf("container %s runs as user 0", [kubernetes.label(container)])
}

deny contains "the pod runs as user 0" if {
	pod_security.since(23)
	some pod in host_user_pods
	pod.securityContext.runAsUser == 0
}

host_user_pods contains pod if {
	some pod in kubernetes.pod_specs
	not pod_security.user_namespace(pod)
}

# Containers that only pods with users of their own have.
unprivileged := kubernetes.containers - {container |
	some pod in host_user_pods
	some container in kubernetes.containers_of(pod)
}
