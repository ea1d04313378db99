# METADATA
# title: Containers drop all capabilities
# description: >-
#   A container keeps the default capabilities of the runtime unless it drops them; most processes need none. Set
#   `capabilities.drop: ["ALL"]`, and add back NET_BIND_SERVICE where a port below 1024 is served.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - PSS-restricted/capabilities
#   - CIS-Kubernetes/5.2.8
#   - CIS-Kubernetes/5.2.9
#   - CIS-Kubernetes/5.2.10
#   - NSA/pod-security
#   fix:
#     in: container
#     add:
#       /securityContext/capabilities/drop: [ALL]
package portcullis.pods.drop_capabilities

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

deny contains message if {
	some container in linux_containers
	not "ALL" in dropped(container)
	message := sprintf("container %s does not drop all capabilities", [kubernetes.label(container)])
}

# Others are those of pods/capabilities.
deny contains message if {
	some container in linux_containers
	some capability in container.securityContext.capabilities.add
	capability in pod_security.default_capabilities
	capability != "NET_BIND_SERVICE"
	message := sprintf("container %s adds capability %s", [kubernetes.label(container), capability])
}

linux_containers contains container if {
	pod_security.since(22)
	some pod in kubernetes.pod_specs
	not pod_security.windows(pod)
	some container in kubernetes.containers_of(pod)
}

default dropped(_) := []

dropped(container) := container.securityContext.capabilities.drop if is_array(container.securityContext.capabilities.drop)
